//! `/admin/flows/{flow}/disk`: files that changed on disk after something was published here.

use super::difference::{Difference, difference};
use super::failure;
use super::form::{Pairs, field};
use super::room::{Head, Room, Tab};
use super::versions::{as_it_was, went};
use super::words::Words;
use crate::studio::OnDisk;
use crate::web::admin::frame::Frame;
use crate::web::desk_pages::frame::send;
use askama::Template;
use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "admin_flow_disk.html", config = "src/web/askama.toml")]
struct DiskPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    /// The release the files are; none: they agree.
    id: Option<String>,
    seen: String,
    difference: Option<Difference>,
    told: Option<String>,
}

/// `GET …/disk`: files that changed on disk after something was published here.
pub(super) async fn disk(room: Room) -> Response {
    show_disk(room, None, StatusCode::OK).await
}

async fn show_disk(room: Room, told: Option<String>, status: StatusCode) -> Response {
    let on_disk: Option<OnDisk> = match room.web.studio.on_disk(&room.name).await {
        Ok(on_disk) => on_disk,
        Err(error) => return failure::page(&room.person, room.lang, "/admin", &error),
    };
    let live = room.live.as_ref().map(|flow| flow.files.clone()).unwrap_or_default();
    let (id, difference) = match on_disk {
        Some(disk) => (Some(disk.id), Some(difference(live, disk.files, room.lang).await)),
        None => (None, None),
    };
    let page = DiskPage {
        f: room.frame("/disk"),
        w: room.w,
        head: room.head(Tab::Versions, None),
        seen: room.live.as_ref().map(|flow| flow.digest.to_string()).unwrap_or_default(),
        id,
        difference,
        told,
    };
    send(status, &page)
}

/// `POST …/disk`: the files are put into service, or left.
pub(super) async fn settle_disk(room: Room, Form(pairs): Form<Pairs>) -> Response {
    let (id, seen, who) = (field(&pairs, "id"), field(&pairs, "seen"), room.person.name.clone());
    let was = as_it_was(&room, id).await;
    let (what, done) = match field(&pairs, "do") {
        "take" => ("flow.take-files", room.web.studio.take_files(id, seen, &who).await),
        _ => ("flow.leave-files", room.web.studio.withdraw(id, &who).await),
    };
    match done {
        Ok(version) => went(&room, what, was, &version).await,
        Err(error) => {
            let told = failure::told(room.w, &error);
            show_disk(room, Some(told.words), told.status).await
        }
    }
}
