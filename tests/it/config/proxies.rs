//! Which proxies are believed.

use super::{mistake, with_file};
use std::net::IpAddr;

#[test]
fn proxies_are_a_list_in_the_file_and_parted_by_commas_in_the_environment() {
    let ips = |texts: &[&str]| -> Vec<IpAddr> { texts.iter().map(|text| text.parse().unwrap()).collect() };
    let file = "proxies = [\"127.0.0.1\", \"2001:db8::7\", \"::ffff:10.0.0.1\"]";
    let config = with_file(file, &[]).unwrap();
    assert_eq!(config.proxies, ips(&["127.0.0.1", "2001:db8::7", "10.0.0.1"]));
    let config = with_file(file, &[("HOTLINE_PROXIES", "10.0.0.2, 10.0.0.3")]).unwrap();
    assert_eq!(config.proxies, ips(&["10.0.0.2", "10.0.0.3"]));
}

#[test]
fn what_is_no_address_is_told_with_the_mend() {
    assert_eq!(
        mistake("proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]"),
        "hotline.toml:1:11: `proxies` names `10.0.0.0/8`, which is no IP address; write addresses, as `[\"127.0.0.1\"]`"
    );
}
