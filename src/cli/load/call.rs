//! A call: what its caller and the provider do, webhook after webhook. Knows nothing of sockets.

use super::answer;
use super::chance::Dice;
use super::client::{Answer, Client};
use super::document::{Gather, Next};
use super::form::{Forgery, Message, Told, Who};
use super::plan::{Customer, Plan};
use super::tally::{Tally, Trouble, What};
use crate::words::{Secret, clock};
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Documents in a row without a wait for keys: a line that only talks is given up.
const CONTINUES: u32 = 40;
/// So often a caller is asked to hold, and then let go.
const HOLDS: u32 = 6;
/// How long a caller who is asked to hold waits where the document has no pause.
const HOLD: Duration = Duration::from_secs(1);
/// After a failed connection the next call waits, so that a server that is away is not stormed.
const REST: Duration = Duration::from_millis(100);
/// Where lines of ours take calls in, and are told of their ends.
const OURS: &str = "/voice/twilio";

/// What all callers share, on one thread.
pub struct Shared {
    plan: Plan,
    client: Client,
    dice: Dice,
    tally: RefCell<Tally>,
    begun: Cell<u64>,
    /// The first number of fiction; another at each run, because lines remember who called.
    first: u64,
    /// Webhooks so far, which ones are doubled or forged being counted off.
    posted: Cell<u64>,
}

impl Shared {
    /// Makes it ready.
    ///
    /// # Errors
    /// Nobody listens at the server's address.
    pub async fn new(plan: Plan) -> anyhow::Result<Shared> {
        let client = Client::new(&plan.server, plan.host(), plan.connections).await?;
        let dice = Dice::new().map_err(|error| anyhow::anyhow!("the system has no chance to give: {error}"))?;
        let first = dice.throw() % UNKNOWN;
        let (tally, begun, posted) = (RefCell::default(), Cell::default(), Cell::default());
        Ok(Shared { plan, client, dice, tally, begun, first, posted })
    }

    /// What was counted so far.
    pub fn tally(&self) -> Ref<'_, Tally> {
        self.tally.borrow()
    }

    /// How many calls are to be made.
    pub fn calls(&self) -> u64 {
        self.plan.calls
    }

    /// A webhook was answered that was due at a moment.
    fn waited(&self, due: Instant) {
        let mut tally = self.tally.borrow_mut();
        tally.webhooks += 1;
        tally.waited.record(due.elapsed());
    }

    fn next(&self) -> Option<u64> {
        let nth = self.begun.get();
        (nth < self.plan.calls).then(|| self.begun.set(nth + 1)).map(|()| nth)
    }

    fn call(&self, nth: u64) -> Call<'_> {
        let customer = self.plan.customer(nth);
        let unknown = || format!("+1555{:07}", (self.first + nth) % UNKNOWN);
        let from = customer.and_then(Customer::number).map_or_else(unknown, str::to_owned);
        let who = Who { sid: format!("CA{}", self.dice.id()), from, to: self.plan.to.clone() };
        let target = self.plan.path.clone();
        let (heard, prompt) = (String::new(), String::new());
        Call { shared: self, who, customer, target, pressed: 0, sent: 0, continues: 0, holds: 0, heard, prompt }
    }
}

/// How many numbers of fiction there are in the area code 555.
const UNKNOWN: u64 = 10_000_000;

/// Makes one call after another until all are made.
pub async fn calls(shared: Rc<Shared>) {
    // Callers who think do not all begin in the same moment.
    if let Some(pause) = shared.plan.pause {
        tokio::time::sleep(pause.mul_f64(shared.dice.part())).await;
    }
    while let Some(nth) = shared.next() {
        let mut call = shared.call(nth);
        let talked = call.talk().await;
        let told = if matches!(talked, Ok(Ended::Open)) { Ok(()) } else { call.hang_up().await };
        // A call is wrong once: what its end meets after that is no news.
        if call.over(talked.and(told)) {
            tokio::time::sleep(REST).await;
        }
    }
}

/// How a call ended.
enum Ended {
    /// The line hung up.
    HungUp,
    /// It was left open.
    Open,
}

struct Call<'s> {
    shared: &'s Shared,
    who: Who,
    customer: Option<&'s Customer>,
    /// Where the next webhook goes.
    target: String,
    /// How many groups of keys were pressed.
    pressed: usize,
    /// How many webhooks were answered.
    sent: u32,
    /// How many documents came since the last keys.
    continues: u32,
    /// How many of them asked to hold.
    holds: u32,
    /// What was said since the last keys.
    heard: String,
    /// What was said before them.
    prompt: String,
}

/// What happens on the caller's side.
enum Does {
    Calls,
    Listens,
    /// Keys, and the one that ended them.
    Presses(Secret, Option<char>),
}

impl Call<'_> {
    /// Calls, and presses keys until the line hangs up.
    async fn talk(&mut self) -> Result<Ended, Trouble> {
        let (mut does, mut due) = (Does::Calls, clock::tick());
        loop {
            let answer = self.post(&does, due).await?;
            self.sent += 1;
            let document = answer::document(&answer)?;
            if self.shared.plan.open == Some(self.sent) {
                return Ok(Ended::Open);
            }
            self.heard.push_str(&document.words);
            let answered = clock::tick();
            (does, due) = match document.next {
                Next::HangUp => return self.ended(),
                Next::Other(verb) => {
                    let told = format!("the line goes on with <{verb}>, which callers here do not follow");
                    return Err(Trouble::new(What::Verb, told));
                }
                Next::Redirect(address) => {
                    let target = answer::resolve(&self.shared.plan.public_url, &self.target, &address)?;
                    let wait = self.goes_on(&target, document.pause)?;
                    self.target = target;
                    (Does::Listens, answered + wait)
                }
                Next::Gather(gather) => {
                    let does = self.presses(&gather)?;
                    self.target = answer::resolve(&self.shared.plan.public_url, &self.target, &gather.action)?;
                    (does, answered + self.thinks())
                }
            };
        }
    }

    fn thinks(&self) -> Duration {
        self.shared.plan.pause.map_or(Duration::ZERO, |pause| self.shared.dice.around(pause))
    }

    /// The line talks on by itself: how long the caller listens.
    fn goes_on(&mut self, target: &str, pause: Option<Duration>) -> Result<Duration, Trouble> {
        self.continues += 1;
        if self.continues > CONTINUES {
            let told = format!("{CONTINUES} documents in a row waited for no keys");
            return Err(Trouble::new(What::Stuck, told));
        }
        if !answer::asks_to_hold(&self.target, target) {
            return Ok(pause.unwrap_or_default() + self.thinks());
        }
        self.holds += 1;
        self.heard.clear();
        self.shared.tally.borrow_mut().held += 1;
        Ok(pause.unwrap_or(HOLD))
    }

    /// Presses the next keys, or the same again when the line asked to hold and then for the same.
    fn presses(&mut self, gather: &Gather) -> Result<Does, Trouble> {
        if self.holds > 0 && self.pressed > 0 && self.heard.ends_with(&self.prompt) {
            self.pressed -= 1;
        }
        let keys = &self.shared.plan.keys;
        let group = keys.get(self.pressed).ok_or_else(|| {
            Trouble::new(What::NoEnd, "all keys were pressed, and the line waits for more where it should hang up")
        })?;
        self.pressed += 1;
        (self.continues, self.holds) = (0, 0);
        self.prompt = std::mem::take(&mut self.heard);
        let keys = self.customer.map_or_else(|| group.clone(), |customer| customer.filled(group.reveal()));
        let nth = self.pressed;
        pressed(&keys, gather).map_err(|why| Trouble::new(What::Keys, format!("group {nth} of the keys {why}")))
    }

    fn ended(&self) -> Result<Ended, Trouble> {
        let (pressed, all) = (self.pressed, self.shared.plan.keys.len());
        if self.holds >= HOLDS {
            let told = format!("the caller was asked to hold {} times in a row, and then let go", self.holds);
            return Err(Trouble::new(What::Stuck, told));
        }
        if pressed < all {
            let told = format!("the line hung up after {pressed} of {all} groups of keys");
            return Err(Trouble::new(What::EarlyEnd, told));
        }
        Ok(Ended::HungUp)
    }

    /// Sends the next webhook when it is due, as often and beside what else the plan says.
    async fn post(&self, does: &Does, mut due: Instant) -> Result<Answer, Trouble> {
        let shared = self.shared;
        let told = match does {
            Does::Calls => Told::Rings,
            Does::Listens => Told::Goes,
            Does::Presses(keys, finish) => Told::Pressed(keys.reveal(), *finish),
        };
        let message = shared.plan.signer.message(&self.who, &self.target, told, &shared.dice.id());
        let nth = shared.posted.get() + 1;
        shared.posted.set(nth);
        if falls_on(shared.plan.forged, nth) {
            self.forge(&message).await?;
            due = due.max(clock::tick());
        }
        if due > clock::tick() {
            tokio::time::sleep_until(due.into()).await;
        }
        if falls_on(shared.plan.doubled, nth) {
            return self.twice(&message, due).await;
        }
        let answer = shared.client.send(&message).await?;
        shared.waited(due);
        Ok(answer)
    }

    /// Sends it twice, by turns one after another and at once.
    async fn twice(&self, message: &Message, due: Instant) -> Result<Answer, Trouble> {
        let shared = self.shared;
        let nth = shared.tally.borrow().doubled;
        shared.tally.borrow_mut().doubled += 1;
        let (first, second) = if nth.is_multiple_of(2) {
            let first = shared.client.send(message).await?;
            shared.waited(due);
            (first, shared.client.send(message).await?)
        } else {
            let (first, second) = shared.client.send_twice(message).await;
            shared.waited(due);
            (first?, second?)
        };
        // A server that has much to do may ask one of the two to hold; the other is what counts.
        if first != second && answer::holds(&first, &self.target) {
            return Ok(second);
        }
        if first != second && !answer::holds(&second, &self.target) {
            let told = answer::difference(&first, &second);
            shared.tally.borrow_mut().trouble(self.placed(Trouble::new(What::DoubledDiffer, told)));
        }
        Ok(first)
    }

    /// Sends it as somebody who has not the token, who must be refused.
    async fn forge(&self, message: &Message) -> Result<(), Trouble> {
        let nth = self.shared.tally.borrow().forged;
        self.shared.tally.borrow_mut().forged += 1;
        let how = if nth.is_multiple_of(2) { Forgery::Signature } else { Forgery::Body };
        let answer = self.shared.client.send(&message.forged(how)).await?;
        if answer.status != 403 {
            let told = format!("a forged webhook was answered {} where 403 is due", answer.status);
            self.shared.tally.borrow_mut().trouble(self.placed(Trouble::new(What::ForgedTaken, told)));
        }
        Ok(())
    }

    /// The provider tells that the call is over.
    async fn hang_up(&self) -> Result<(), Trouble> {
        let shared = self.shared;
        if !shared.plan.path.starts_with(OURS) {
            return Ok(());
        }
        let id = shared.dice.id();
        let message = shared.plan.signer.message(&self.who, &format!("{OURS}/status"), Told::Over, &id);
        let answer = shared.client.send(&message).await?;
        shared.tally.borrow_mut().statuses += 1;
        answer::taken(&answer)
    }

    /// Counts the call. Gives whether the server seems to be away.
    fn over(&self, ended: Result<(), Trouble>) -> bool {
        let mut tally = self.shared.tally.borrow_mut();
        tally.calls += 1;
        let Err(trouble) = ended else { return false };
        let away = matches!(trouble.what, What::Transport | What::Timeout);
        tally.trouble(self.placed(trouble));
        away
    }

    /// Trouble with where it was.
    fn placed(&self, trouble: Trouble) -> Trouble {
        let (sid, sent, pressed) = (&self.who.sid, self.sent, self.pressed);
        let all = self.shared.plan.keys.len();
        let sample = self.customer.map_or(trouble.sample.clone(), |customer| customer.without_pin(&trouble.sample));
        let place = format!("in {sid} after {sent} webhooks, with {pressed} of {all} groups of keys pressed");
        Trouble::new(trouble.what, format!("{sample} ({place})"))
    }
}

/// What the provider makes of keys: it stops at the number it waits for, or at the key that finishes,
/// which it takes away.
fn pressed(keys: &Secret, gather: &Gather) -> Result<Does, String> {
    let typed = keys.reveal();
    if !typed.bytes().all(|key| key.is_ascii_digit() || b"*#".contains(&key)) {
        return Err("is no keys".to_owned());
    }
    let finish = gather.finish.filter(|finish| typed.ends_with(*finish));
    let digits = finish.and_then(|finish| typed.strip_suffix(finish)).unwrap_or(typed);
    if gather.finish.is_some_and(|finish| digits.contains(finish)) {
        return Err("goes on behind the key that finishes".to_owned());
    }
    match gather.most {
        Some(most) if digits.len() > most => Err(format!("has {} keys, and the wait takes {most}", digits.len())),
        // It was over before the key that finishes.
        Some(most) if digits.len() == most => Ok(Does::Presses(Secret::new(digits), None)),
        _ => Ok(Does::Presses(Secret::new(digits), finish)),
    }
}

/// Whether the nth of all is one of so many in a hundred, evenly spread.
fn falls_on(percent: f64, nth: u64) -> bool {
    let share = |count: u64| (count as f64 * percent / 100.0).floor();
    share(nth) > share(nth - 1)
}
