//! The language as a table: every file, every kind of step, every field, what stands in it.

use super::Shape::{self, *};
use super::{REQUESTS, URGENT};

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// As it is written.
    pub name: &'static str,
    /// What stands in it.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for.
    pub tells: &'static str,
}

/// A kind of step.
#[derive(Debug)]
pub struct KindOf {
    /// As it is written.
    pub name: &'static str,
    /// What stands behind it.
    pub value: Shape,
    /// What it does.
    pub tells: &'static str,
    /// Its other fields.
    pub fields: &'static [Field],
}

const fn need(name: &'static str, shape: Shape, tells: &'static str) -> Field {
    Field { name, shape, required: true, tells }
}

const fn may(name: &'static str, shape: Shape, tells: &'static str) -> Field {
    Field { name, shape, required: false, tells }
}

const fn kind(name: &'static str, value: Shape, tells: &'static str, fields: &'static [Field]) -> KindOf {
    KindOf { name, value, tells, fields }
}

const NAME: Field = need("flow", Word, "Its name, the same as the file's");
const LANGUAGES: Field =
    need("languages", Languages, "The languages it is written in; the first is spoken until a caller chooses");
const USES: Field = may("uses", Words, "The sub-flows it calls");
const START: Field = need("start", Target, "The step it begins with");
const STEPS: Field = need("steps", Steps, "The steps by name");
const THEN: Field = need("then", Target, "Where it goes on");

/// The top of a hotline.
pub const FLOW: &[Field] = &[
    NAME,
    need("title", Texts, "What it is called, in each language"),
    LANGUAGES,
    USES,
    need("hours", Word, "The calendar of its agents"),
    need("countries", Countries, "Whose telephone numbers may be called back"),
    may("promises", Promises, "How soon an agent calls back, for each priority"),
    may("desks", Desks, "Where transfers ring, by skill; general is for every other"),
    may("identity", OneOf(&["pin", "code", "knowledge"]), "How level 2 is proved; pin when left out"),
    START,
    need("person", Target, "The step that key 0 leads to"),
    need("denied", Target, "The step for callers who must be verified and cannot be"),
    STEPS,
];

/// The top of a sub-flow.
pub const SUB_FLOW: &[Field] = &[
    NAME,
    LANGUAGES,
    USES,
    may("takes", Types, "Its arguments and their types"),
    may("gives", Types, "Its results and their types"),
    START,
    STEPS,
];

/// The types of arguments and results.
pub const TYPES: [&str; 9] = ["text", "word", "number", "flag", "money", "date", "moment", "phone", "window"];
/// What can be typed, where one word says it.
pub const TYPINGS: [&str; 6] = ["account", "transaction", "reference", "free", "date", "phone"];
/// The currencies of amounts.
pub const CURRENCIES: [&str; 4] = ["CNY", "HKD", "JPY", "USD"];

const OPTION: &[Field] = &[
    need("key", Digit(1, 8), "The key, 1 to 8"),
    need("go", Target, "Where it leads"),
    may("for", Texts, "A matter: said as \"for LABEL, press KEY\""),
    may("to", Texts, "An action: said as \"to LABEL, press KEY\""),
];

/// What any step may say of who may be here.
pub const NEEDS: Field = may("needs", Digit(0, 3), "The level a caller must have to be here");
/// What any step may say that speaks.
pub const AUDIO: Field = may("audio", Audio, "Recordings heard instead of its words, in the languages that have one");

/// Every kind of step.
pub const KINDS: &[KindOf] = &[
    kind("say", Texts, "Speaks and goes on", &[THEN, may("barge-in", Flag, "Whether keys cut it short")]),
    kind(
        "menu",
        Options(OPTION, ["for", "to"]),
        "Offers choices on keys 1 to 8",
        &[
            may("prompt", Texts, "Said before the choices"),
            need("otherwise", Target, "For callers who press nothing, or wrong keys, too often"),
            may("waiver", Word, "Why it is as it is, where the check would warn of it"),
        ],
    ),
    kind(
        "ask",
        Variable,
        "Has the caller type something, and keeps it under this name",
        &[
            need("as", Typing, "What is typed"),
            need("prompt", Texts, "The question"),
            THEN,
            need("otherwise", Target, "For callers who type nothing, or what does not fit, too often"),
        ],
    ),
    kind(
        "verify",
        Digit(1, 3),
        "Finds out who is calling, up to this level",
        &[THEN, need("failed", Target, "For callers who could not be verified")],
    ),
    kind(
        "lookup",
        Word,
        "Asks a source of sources.yaml",
        &[
            may("with", Values, "Its arguments"),
            need("into", Variable, "The name the answer gets"),
            THEN,
            need("missing", Target, "When there is no such thing"),
            need("failed", Target, "When the wallet does not answer in time"),
        ],
    ),
    kind(
        "act",
        Word,
        "Has the wallet do something, exactly once",
        &[
            may("with", Values, "Its arguments"),
            THEN,
            may("pending", Target, "When it is accepted, but not done yet"),
            need("failed", Target, "When it is not done"),
        ],
    ),
    kind(
        "when",
        List(&[need("if", Expression, "The condition"), need("go", Target, "Where it leads")]),
        "Chooses by what is known; the first condition that is true wins",
        &[need("else", Target, "When none is true")],
    ),
    kind(
        "hours",
        Word,
        "Chooses by a calendar",
        &[need("open", Target, "Open now"), need("closed", Target, "Closed now")],
    ),
    kind("notices", OneOf(&["active"]), "Speaks what admins have announced, while it is valid", &[THEN]),
    kind(
        "language",
        OneOf(&["once", "ask"]),
        "Lets the caller choose: once asks only callers whose number has not chosen before",
        &[THEN],
    ),
    kind(
        "request",
        OneOfOrValue(REQUESTS),
        "Records what an agent must do",
        &[
            need("topic", WordOrValue, "What it is about; asking again about the same adds to it"),
            need("priority", OneOfOrValue(URGENT), "How urgent it is"),
            may("skill", WordOrValue, "Which agents; the topic when left out"),
            may(
                "number",
                Expression,
                "Whom to ring: a number, nobody, or registered; the calling number when left out",
            ),
            may("account", Expression, "Whose registered number"),
            may("window", Expression, "When to ring; as soon as possible when left out"),
            may("note", Notes, "What the agent should see besides everything typed"),
            need("into", Variable, "The name of reference, due and added"),
            THEN,
            need("refused", Target, "When it is not recorded"),
        ],
    ),
    kind(
        "status",
        Expression,
        "Looks an earlier request up by its reference",
        &[
            need("into", Variable, "The name of state, due and overdue"),
            THEN,
            need("missing", Target, "When there is none"),
            may("refused", Target, "For callers who guess too often"),
        ],
    ),
    kind(
        "change",
        Expression,
        "Moves or cancels an earlier request, for the customer whose it is",
        &[
            may("window", Expression, "The new time"),
            may("cancel", Flag, "Nothing is to be done any more"),
            THEN,
            need("refused", Target, "When this caller has no such request open"),
        ],
    ),
    kind("set", Values, "Keeps values under names", &[THEN]),
    kind(
        "call",
        Word,
        "Runs a sub-flow, then goes on",
        &[
            may("with", Arguments, "Its arguments"),
            may("note", Notes, "What an agent should see"),
            may("into", Variable, "The name its results get"),
            THEN,
        ],
    ),
    kind(
        "transfer",
        WordOrValue,
        "Puts the caller through to the desk of a skill",
        &[
            may("into", Variable, "The name of the expected wait, minutes"),
            may("now", Flag, "Whether it rings however long the wait is"),
            need("answered", Target, "When the agent has hung up and the caller is back"),
            need("busy", Target, "When the desk is engaged"),
            need("no-answer", Target, "When nobody takes the call"),
            need("failed", Target, "When the desk cannot be rung"),
            may("long-wait", Target, "Instead of ringing, when the wait is above two minutes"),
        ],
    ),
    kind(
        "record",
        Variable,
        "Takes a short message down after a beep, and keeps its id under this name",
        &[
            need("prompt", Texts, "What to say, and what is done with it"),
            may("limit", Duration, "The longest message, 60s when left out"),
            THEN,
            need("empty", Target, "When nothing was said"),
        ],
    ),
    kind(
        "sms",
        Texts,
        "Sends a text message to the calling number",
        &[
            may("to", OneOf(&["registered"]), "To the number registered for the verified account instead"),
            THEN,
            need("failed", Target, "When it cannot be sent"),
        ],
    ),
    kind(
        "score",
        Variable,
        "Has the caller judge from 1 to 5, and keeps it under this name",
        &[
            need("prompt", Texts, "The question"),
            need("category", WordOrValue, "What is judged"),
            THEN,
            need("otherwise", Target, "For callers who give none"),
        ],
    ),
    kind("return", Values, "Ends a sub-flow with its results", &[]),
    kind("hangup", Texts, "Says goodbye and ends the call", &[]),
];
