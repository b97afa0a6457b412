use crate::harness::{Answer, Service, call};

fn linked(page: &Answer, extension: &str) -> String {
    let mut paths = page.body.split('"').filter(|text| text.starts_with("/assets/") && text.ends_with(extension));
    paths.next_back().unwrap_or_else(|| panic!("no link to {extension} in {}", page.body)).to_owned()
}

#[test]
fn the_page_links_hashed_files_that_may_be_kept_for_ever() {
    let service = Service::fresh();
    let page = service.get("/");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-cache");
    for (extension, kind) in [(".js", "text/javascript; charset=utf-8"), (".css", "text/css; charset=utf-8")] {
        let file = service.get(&linked(&page, extension));
        assert_eq!((file.status, file.header("content-type")), (200, kind));
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let service = Service::fresh();
    let etag = service.get("/").header("etag").to_owned();
    let again = call(service.address, "GET", "/", &[("if-none-match", &format!("W/{etag}"))], "");
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[test]
fn files_are_compressed_for_those_who_accept_it() {
    let service = Service::fresh();
    let path = linked(&service.get("/"), ".js");
    let zipped = call(service.address, "GET", &path, &[("accept-encoding", "br, gzip")], "");
    assert_eq!((zipped.status, zipped.header("content-encoding")), (200, "gzip"));
    let plain = call(service.address, "GET", &path, &[("accept-encoding", "gzip;q=0")], "");
    assert_eq!(plain.header("content-encoding"), "");
    let length = |answer: &Answer| answer.header("content-length").parse::<usize>().unwrap();
    assert!(length(&zipped) < length(&plain));
}

#[test]
fn an_old_name_gives_the_present_file_but_not_for_ever() {
    let service = Service::fresh();
    let old = service.get("/assets/app.0000000000000000.js");
    assert_eq!((old.status, old.header("cache-control")), (200, "no-cache"));
    assert_eq!(service.get("/assets/other.0000000000000000.js").status, 404);
    assert_eq!(service.get("/assets/nothing").status, 404);
}
