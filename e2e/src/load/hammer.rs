//! A client that costs little: one request, written once, sent over and over on kept connections.
//!
//! Services and client share the machine; a client that parses what it does not need would be
//! measured as well.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use memchr::memmem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};
use url::Url;

use crate::figures::Figures;

/// What came of it.
pub struct Hammered {
    pub times: Figures,
    pub count: usize,
    pub took: Duration,
}

impl Hammered {
    /// Answers in a second.
    #[expect(clippy::cast_precision_loss, reason = "a count of answers is small")]
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }
}

/// Sends GET `url` from `clients` connections for as long as said; each answer must have `status`.
pub async fn get(
    url: &str,
    headers: &str,
    status: u16,
    clients: usize,
    how_long: Duration,
) -> anyhow::Result<Hammered> {
    let url: Url = url.parse()?;
    let host = url.host_str().context("a host")?.to_owned();
    let port = url.port_or_known_default().context("a port")?;
    let path = &url[url::Position::BeforePath..];
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{headers}\r\n");
    let started = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (request, address) = (request.clone(), (host.clone(), port));
        running.spawn(async move {
            let mut connection = Connection::open(&address.0, address.1).await?;
            let mut times = Vec::new();
            while started.elapsed() < how_long {
                let sent = Instant::now();
                let answered = connection.exchange(request.as_bytes()).await?;
                ensure!(answered == status, "{request} was answered with {answered}");
                times.push(sent.elapsed());
            }
            Ok(times)
        });
    }
    let (mut times, mut count) = (Figures::default(), 0);
    while let Some(ended) = running.join_next().await {
        let each: Vec<Duration> = ended??;
        count += each.len();
        each.into_iter().for_each(|time| times.add(time));
    }
    Ok(Hammered { times, count, took: started.elapsed() })
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(host: &str, port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends one request, reads its answer whole, and returns the status.
    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the connection was closed in the middle of an answer");
            }
            let Some(head) = memmem::find(&self.buffer, b"\r\n\r\n") else {
                continue;
            };
            let text = std::str::from_utf8(&self.buffer[..head])?;
            let status = text.get(9..12).context("a status line")?.parse()?;
            let whole = head + 4 + content_length(text, status)?;
            while self.buffer.len() < whole {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    bail!("the connection was closed in the middle of a body");
                }
            }
            return Ok(status);
        }
    }
}

fn content_length(head: &str, status: u16) -> anyhow::Result<usize> {
    if status == 304 || status == 204 {
        return Ok(0);
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    length.context("an answer without a length")
}
