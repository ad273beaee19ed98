//! twilio
use super::*;
pub fn verify(_w: &Webhook, _s: &[Secret]) -> Result<Verified, Refused> { Err(Refused::Signature) }
pub fn parse(_v: Verified, _d: Door) -> Result<Heard, Refused> { Err(Refused::Signature) }
pub fn render(_v: &Voice, _w: &Rendering) -> Document { Document { content_type: "text/xml", text: String::new() } }
