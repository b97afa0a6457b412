//! Health check by the binary itself, because the image has no shell and no curl. It asks its own service, or the
//! address of its argument.

use std::{
    io::{Error, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(5);

pub fn own(address: SocketAddr) -> Result<(), String> {
    ask(&address.to_string(), "/health")
}

/// Checks any HTTP service: `http://host:port/path`, with /health as the default path.
pub fn at(url: &str) -> Result<(), String> {
    let (host, path) = parse(url).ok_or_else(|| {
        format!("healthcheck: is not a URL it can ask, got {url}; use for example http://acci:8080/health")
    })?;
    ask(host, &path)
}

fn parse(url: &str) -> Option<(&str, String)> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, "health"));
    let (name, port) = host.rsplit_once(':')?;
    let asked = !name.is_empty() && port.parse::<u16>().is_ok() && !url.contains(|c: char| c.is_whitespace());
    asked.then(|| (host, format!("/{path}")))
}

fn ask(host: &str, path: &str) -> Result<(), String> {
    let status = status(host, path).map_err(|e| format!("healthcheck: no answer from {host}, got {e}"))?;
    if status == "200" { Ok(()) } else { Err(format!("healthcheck: {host}{path} must be 200, got {status}")) }
}

fn status(host: &str, path: &str) -> std::io::Result<String> {
    let mut stream = connect(host)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.take(16 * 1024).read_to_string(&mut answer)?;
    Ok(answer.split(' ').nth(1).unwrap_or("nothing").to_owned())
}

/// A name may stand for several addresses, and the first need not be the one that listens.
fn connect(host: &str) -> std::io::Result<TcpStream> {
    let mut last = Error::new(ErrorKind::NotFound, "no address");
    for address in host.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_the_host_the_port_and_the_path() {
        assert_eq!(parse("http://acci:8080/health"), Some(("acci:8080", "/health".into())));
        assert_eq!(parse("http://acci.acci-dev.svc:9090/ready"), Some(("acci.acci-dev.svc:9090", "/ready".into())));
        assert_eq!(parse("http://[::1]:8080"), Some(("[::1]:8080", "/health".into())));
    }

    #[test]
    fn anything_else_is_refused_with_an_example() {
        for url in ["https://acci:8080/health", "acci:8080", "http://acci/health", "http://:8080/", "http://a:1/ x"] {
            assert_eq!(
                at(url),
                Err(format!(
                    "healthcheck: is not a URL it can ask, got {url}; use for example http://acci:8080/health"
                ))
            );
        }
    }
}
