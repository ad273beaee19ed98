//! A small sign for each kind of step, drawn with strokes in a field of 16 by 16.

/// The path of a kind's sign; a dot for what has none.
pub fn icon(kind: &str) -> &'static str {
    match kind {
        "say" => "M2 3H14V11H8L5 14V11H2z",
        "menu" => "M3 3h2v2h-2zM7 3h2v2h-2zM11 3h2v2h-2zM3 7h2v2h-2zM7 7h2v2h-2zM11 7h2v2h-2zM7 11h2v2h-2z",
        "ask" => "M2 4H14V12H2zM5 7V9M8 7V9M11 10H13",
        "verify" => "M3 7H13V14H3zM5 7V5A3 3 0 0 1 11 5V7M8 10V11",
        "lookup" => "M11 7A4 4 0 1 1 3 7A4 4 0 1 1 11 7M10 10 14 14",
        "act" => "M9 1 4 9H8L7 15 12 7H8z",
        "when" => "M8 1 15 8 8 15 1 8z",
        "hours" => "M14 8A6 6 0 1 1 2 8A6 6 0 1 1 14 8M8 4V8L11 10",
        "notices" => "M3 12H13M4 12V7A4 4 0 0 1 12 7V12M7 14H9M8 1V3",
        "language" => "M14 8A6 6 0 1 1 2 8A6 6 0 1 1 14 8M2 8H14M8 2C5 5 5 11 8 14M8 2C11 5 11 11 8 14",
        "request" => "M3 2H6L7 6 5 7C6 9 7 10 9 11L10 9 14 10V13C8 14 2 8 3 2M10 2H14V6M14 2 9.5 6.5",
        "status" => "M4 3H12V14H4zM6 2H10V4H6zM6 8H10M6 11H9",
        "set" => "M3 6H13M3 10H13",
        "call" => "M2 2H14V14H2zM5 5H11V11H5z",
        "return" => "M14 12V9A3 3 0 0 0 11 6H3M6 3 3 6 6 9",
        "hangup" => "M1 10C4 6 12 6 15 10L13 12 10.5 10.5V8.8H5.5V10.5L3 12z",
        _ => "M8 6A2 2 0 1 1 7.9 6",
    }
}
