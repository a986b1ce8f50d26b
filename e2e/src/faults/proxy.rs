//! A wire between two programs, for TCP, that can be cut, silent or slow.

use std::{io, time::Duration};

use anyhow::Context;
use rand::RngExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::{mpsc, watch},
    task::JoinHandle,
    time::Instant,
};

/// How a wire is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    #[default]
    Open,
    /// Each piece arrives [`LATENCY_MS`] late.
    Slow,
    /// Nothing arrives and nobody answers; what was sent meanwhile arrives once the wire is open, as by
    /// TCP's own repeats.
    Silent,
    /// Connections are reset, new ones too.
    Cut,
}

/// How late pieces arrive on a slow wire, in milliseconds.
const LATENCY_MS: std::ops::Range<u64> = 200..800;

/// How much is read at a time, in bytes.
const PIECE: usize = 16 * 1024;

/// How many pieces may be under way.
const UNDER_WAY: usize = 64;

/// One wire; it is gone when it is dropped.
pub struct Wire {
    /// Where whoever takes this wire connects to.
    pub port: u16,
    state: watch::Sender<State>,
    listening: JoinHandle<()>,
}

impl Wire {
    /// An open wire to a port of this machine.
    pub async fn to(target: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for a proxy")?;
        let port = listener.local_addr()?.port();
        let (state, seen) = watch::channel(State::Open);
        let listening = tokio::spawn(listen(listener, target, seen));
        Ok(Self { port, state, listening })
    }

    /// Makes it so, for connections that stand as well as for new ones.
    pub fn set(&self, state: State) {
        self.state.send_replace(state);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, target: u16, state: watch::Receiver<State>) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => drop(tokio::spawn(carry(client, target, state.clone()))),
            // Too many open files pass.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// One connection's life.
async fn carry(mut client: TcpStream, target: u16, state: watch::Receiver<State>) {
    let (mut cut, mut server) = (state.clone(), None);
    let ended = tokio::select! {
        _ = cut.wait_for(|state| *state == State::Cut) => Err(io::ErrorKind::ConnectionReset.into()),
        ended = talk(&mut client, &mut server, target, state) => ended,
    };
    if ended.is_err() {
        // Neither side should take this for an end in peace.
        for stream in [Some(client), server].into_iter().flatten() {
            drop(stream.set_zero_linger());
        }
    }
}

async fn talk(
    client: &mut TcpStream,
    server: &mut Option<TcpStream>,
    target: u16,
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    heard(&mut state).await;
    let server = server.insert(TcpStream::connect(("127.0.0.1", target)).await?);
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let there = pump(from_client, to_server, state.clone());
    let back = pump(from_server, to_client, state);
    tokio::try_join!(there, back).map(drop)
}

/// One direction. An empty piece is its end.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    let (sender, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let seen = state.clone();
    let reading = async move {
        let (mut piece, mut due) = (vec![0; PIECE], Instant::now());
        loop {
            let length = from.read(&mut piece).await?;
            due = due.max(Instant::now() + latency(*seen.borrow()));
            let taken = sender.send((due, piece[..length].to_vec())).await;
            if length == 0 || taken.is_err() {
                return Ok(());
            }
        }
    };
    let writing = async move {
        while let Some((due, piece)) = under_way.recv().await {
            tokio::time::sleep_until(due).await;
            heard(&mut state).await;
            match piece.as_slice() {
                [] => to.shutdown().await?,
                piece => to.write_all(piece).await?,
            }
        }
        Ok(())
    };
    tokio::try_join!(reading, writing).map(drop)
}

fn latency(state: State) -> Duration {
    match state {
        State::Slow => Duration::from_millis(rand::rng().random_range(LATENCY_MS)),
        State::Open | State::Silent | State::Cut => Duration::ZERO,
    }
}

/// Waits until the wire is not silent.
async fn heard(state: &mut watch::Receiver<State>) {
    // Once the wire is gone nobody makes it silent any more.
    drop(state.wait_for(|state| *state != State::Silent).await);
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        time::timeout,
    };

    use super::{State, Wire};

    /// A wire to somebody who says everything back.
    async fn given_wire() -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        Wire::to(port).await.unwrap()
    }

    async fn say(stream: &mut TcpStream) -> std::io::Result<[u8; 5]> {
        let mut back = [0; 5];
        stream.write_all(b"hello").await?;
        stream.read_exact(&mut back).await?;
        Ok(back)
    }

    #[tokio::test]
    async fn an_open_wire_carries_both_directions_and_the_end() {
        let wire = given_wire().await;
        let mut stream = TcpStream::connect(("127.0.0.1", wire.port)).await.unwrap();

        assert_eq!(&say(&mut stream).await.unwrap(), b"hello");
        stream.shutdown().await.unwrap();
        assert_eq!(stream.read(&mut [0; 5]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_cut_wire_resets_old_connections_and_new_ones_until_it_is_open() {
        let wire = given_wire().await;
        let mut stream = TcpStream::connect(("127.0.0.1", wire.port)).await.unwrap();
        say(&mut stream).await.unwrap();

        wire.set(State::Cut);
        let old = timeout(Duration::from_secs(5), stream.read(&mut [0; 5])).await.unwrap();
        assert!(old.is_err(), "{old:?}");
        let mut new = TcpStream::connect(("127.0.0.1", wire.port)).await.unwrap();
        assert!(timeout(Duration::from_secs(5), say(&mut new)).await.unwrap().is_err());

        wire.set(State::Open);
        let mut new = TcpStream::connect(("127.0.0.1", wire.port)).await.unwrap();
        assert_eq!(&say(&mut new).await.unwrap(), b"hello");
    }

    #[tokio::test]
    async fn a_silent_wire_holds_what_is_said_until_it_is_open() {
        let wire = given_wire().await;
        let mut stream = TcpStream::connect(("127.0.0.1", wire.port)).await.unwrap();
        say(&mut stream).await.unwrap();

        wire.set(State::Silent);
        stream.write_all(b"later").await.unwrap();
        let mut back = [0; 5];
        let nothing = timeout(Duration::from_millis(300), stream.read_exact(&mut back)).await;
        assert!(nothing.is_err(), "{nothing:?}");

        wire.set(State::Open);
        timeout(Duration::from_secs(5), stream.read_exact(&mut back)).await.unwrap().unwrap();
        assert_eq!(&back, b"later");
    }

    #[tokio::test]
    async fn a_slow_wire_is_late_in_each_direction() {
        let wire = given_wire().await;
        wire.set(State::Slow);
        let mut stream = TcpStream::connect(("127.0.0.1", wire.port)).await.unwrap();

        let started = Instant::now();
        assert_eq!(&say(&mut stream).await.unwrap(), b"hello");
        assert!(started.elapsed() >= Duration::from_millis(400), "{:?}", started.elapsed());
    }
}
