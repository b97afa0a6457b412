//! The image has no shell and no curl, so the binary asks itself.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(5);

pub fn run(address: SocketAddr) -> Result<(), String> {
    let status = status(address).map_err(|e| format!("healthcheck: no answer from {address}, got {e}"))?;
    if status == "200" { Ok(()) } else { Err(format!("healthcheck: must be 200, got {status}")) }
}

fn status(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.take(16 * 1024).read_to_string(&mut answer)?;
    Ok(answer.split(' ').nth(1).unwrap_or("nothing").to_owned())
}
