use super::*;
pub(super) fn request() -> crate::store::Request {
    todo!()
}
