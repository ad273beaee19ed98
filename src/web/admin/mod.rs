//! The admins' studio in the browser. Each room below is one place of it. Pages are plain forms that
//! work without scripts where they can; scripts make them live and quick. Knows nothing of SQL.

mod calendars;
mod calls;
mod flows;
mod frame;
mod lines;
mod log;
mod notices;
mod parked;
mod people;
mod prompts;
mod statistics;
mod wall;
mod wanted;
mod words;

pub(super) use prompts::play;

use super::doors::Doors;
use super::phone_page::Asset;

/// The files every page of the studio loads; a room adds its own.
static ASSETS: [Asset; 1] = [Asset {
    path: "/assets/admin.css",
    content_type: "text/css; charset=utf-8",
    text: include_str!("../assets/admin.css"),
}];

/// The files of all rooms.
pub fn assets() -> impl Iterator<Item = &'static Asset> {
    static ALL: &[&[Asset]] = &[&ASSETS, &flows::ASSETS, &lines::ASSETS, &notices::ASSETS, &statistics::ASSETS];
    ALL.iter().copied().flatten()
}

/// The addresses of the studio.
pub fn doors(doors: Doors) -> Doors {
    let rooms: [fn(Doors) -> Doors; 10] = [
        flows::doors,
        statistics::doors,
        calls::doors,
        notices::doors,
        calendars::doors,
        lines::doors,
        prompts::doors,
        people::doors,
        parked::doors,
        log::doors,
    ];
    rooms.into_iter().fold(doors, |doors, room| room(doors))
}
