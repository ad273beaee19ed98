//! `/admin`: the hotlines as their admins have them: a picture, the list of steps, the text, all three
//! views of one draft; trying it, what it would change, publishing it, and every version there was.
//! Knows nothing of how drafts are kept and versions go out: that is the studio's.

mod around;
mod back;
pub(super) mod chart;
mod compare;
mod difference;
mod disk;
mod failure;
mod fields;
mod follow;
mod form;
mod list;
mod names;
pub(super) mod picture;
mod problems;
mod replays;
mod review;
mod room;
mod sitting;
mod spoken;
mod steps;
mod stories;
mod text;
mod trial;
mod versions;
pub(super) mod words;

use crate::studio::StudioError;
use crate::web::Doors;
use crate::web::phone_page::Asset;
use crate::words::{Lang, Role};
use axum::http::Method;
pub(super) use names::language_name;

/// The largest body of a form that holds a whole file: each letter may take nine bytes on its way.
const MAX_TEXT: usize = 20 * 1024 * 1024;

/// The files these pages load.
pub(super) static ASSETS: [Asset; 8] = [
    script("/assets/admin-chart.js", include_str!("../../assets/admin-chart.js")),
    script("/assets/admin-flow.js", include_str!("../../assets/admin-flow.js")),
    script("/assets/admin-picture.js", include_str!("../../assets/admin-picture.js")),
    script("/assets/admin-step.js", include_str!("../../assets/admin-step.js")),
    script("/assets/admin-text.js", include_str!("../../assets/admin-text.js")),
    script("/assets/admin-try.js", include_str!("../../assets/admin-try.js")),
    script("/assets/admin-review.js", include_str!("../../assets/admin-review.js")),
    // The phone's own style, for a phone that is a part of a page.
    Asset {
        path: "/assets/admin-phone.css",
        content_type: "text/css; charset=utf-8",
        text: concat!(".phone-in {\n", include_str!("../../assets/phone.css"), "\n}\n"),
    },
];

const fn script(path: &'static str, text: &'static str) -> Asset {
    Asset { path, content_type: "text/javascript; charset=utf-8", text }
}

/// Why the studio did not do something, in a language: for the pages beside these.
pub(super) fn refusal(lang: Lang, error: &StudioError) -> String {
    failure::told(words::of(lang), error).words
}

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    doors
        .open(get.clone(), "/admin", admin, list::page)
        .open(get.clone(), "/admin/flows/{flow}", admin, picture::page)
        .open(get.clone(), "/admin/flows/{flow}/steps", admin, steps::page)
        .open(post.clone(), "/admin/flows/{flow}/steps/add", admin, steps::add)
        .open(post.clone(), "/admin/flows/{flow}/steps/rename", admin, steps::rename)
        .open(post.clone(), "/admin/flows/{flow}/steps/delete", admin, steps::delete)
        .open(get.clone(), "/admin/flows/{flow}/step", admin, form::page)
        .open(post.clone(), "/admin/flows/{flow}/step", admin, form::submit)
        .open(put.clone(), "/admin/flows/{flow}/step", admin, form::typed)
        .open(get.clone(), "/admin/flows/{flow}/text", admin, text::page)
        .large(post.clone(), "/admin/flows/{flow}/text", admin, MAX_TEXT, text::submit)
        .large(put, "/admin/flows/{flow}/text", admin, MAX_TEXT, text::put)
        .open(get.clone(), "/admin/flows/{flow}/draft.json", admin, text::state)
        .open(post.clone(), "/admin/flows/{flow}/discard", admin, text::discard)
        .open(get.clone(), "/admin/flows/{flow}/try", admin, trial::page)
        .open(get.clone(), "/admin/flows/{flow}/try/path", admin, trial::path)
        .open(get.clone(), "/admin/flows/{flow}/try/story", admin, trial::story)
        .open(post.clone(), "/admin/flows/{flow}/try/story", admin, trial::keep)
        .open(get.clone(), "/admin/flows/{flow}/review", admin, review::page)
        .open(get.clone(), "/admin/flows/{flow}/replay", admin, replays::page)
        .open(post.clone(), "/admin/flows/{flow}/publish", admin, review::publish)
        .open(post.clone(), "/admin/flows/{flow}/rebase", admin, review::rebase)
        .open(post.clone(), "/admin/flows/{flow}/adapt", admin, follow::adapt)
        .open(get.clone(), "/admin/flows/{flow}/versions", admin, versions::page)
        .open(post.clone(), "/admin/flows/{flow}/versions/{id}/{act}", admin, versions::act)
        .open(post.clone(), "/admin/flows/{flow}/back/{id}", admin, back::back)
        .open(post.clone(), "/admin/flows/{flow}/again/{id}", admin, versions::again)
        .open(get.clone(), "/admin/flows/{flow}/compare", admin, compare::compare)
        .open(get, "/admin/flows/{flow}/disk", admin, disk::disk)
        .open(post, "/admin/flows/{flow}/disk", admin, disk::settle_disk)
}
