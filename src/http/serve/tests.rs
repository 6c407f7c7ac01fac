//! A trivial service over real connections of each kind.

use super::*;
use http_body_util::{BodyExt, Empty, Full};
use hyper::client::conn::{http1, http2};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    sync::oneshot,
    task::JoinHandle,
};
use tower::{service_fn, util::ServiceFn};

/// Serves "version path" until told to stop; `/wait` waits for that.
struct Served {
    url: String,
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl<F: Clone> Answering for ServiceFn<F> {
    fn of(&self, _: &Visitor) -> Self {
        self.clone()
    }
}

async fn served(url: &str) -> Served {
    served_with(url, Settings::default()).await
}

async fn served_with(url: &str, settings: Settings) -> Served {
    let listener = Listener::bind(url).await.unwrap();
    let url = listener.url();
    let (stop, stopped) = oneshot::channel();
    let (released, release) = watch::channel(false);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut release = release.clone();
        async move {
            if request.uri().path() == "/wait" {
                release.wait_for(|released| *released).await.unwrap();
            }
            let text = format!("{:?} {}", request.version(), request.uri().path());
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(text))))
        }
    });
    let stop_all = async move {
        let _ = stopped.await;
        released.send_replace(true);
    };
    let done = tokio::spawn(serve(listener, service, settings, Arc::new(Threads::start().unwrap()), stop_all));
    Served { url, stop, done }
}

impl Served {
    async fn tcp(&self) -> TokioIo<TcpStream> {
        TokioIo::new(TcpStream::connect(self.url.strip_prefix("http://").unwrap()).await.unwrap())
    }

    /// A client of HTTP/1.
    async fn one(&self) -> http1::SendRequest<Empty<Bytes>> {
        let (client, connection) = http1::handshake(self.tcp().await).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// A client of HTTP/2.
    async fn two(&self) -> http2::SendRequest<Empty<Bytes>> {
        let (client, connection) = http2::handshake(TokioExecutor::new(), self.tcp().await).await.unwrap();
        tokio::spawn(connection);
        client
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.done.await.unwrap();
    }
}

fn request(path: &str) -> Request<Empty<Bytes>> {
    Request::get(format!("http://localhost{path}")).header("host", "localhost").body(Empty::new()).unwrap()
}

async fn text(response: Response<Incoming>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn both_versions_on_one_port() {
    let served = served("http://127.0.0.1:0").await;
    let mut one = served.one().await;
    let mut two = served.two().await;
    for _ in 0..2 {
        assert_eq!(
            text(one.send_request(request("/a")).await.unwrap()).await,
            "HTTP/1.1 http://localhost/a".replace("http://localhost", "")
        );
        assert_eq!(text(two.send_request(request("/b")).await.unwrap()).await, "HTTP/2.0 /b");
    }
    // Both connections are idle, and neither holds up the end.
    served.end().await;
    assert!(one.send_request(request("/a")).await.is_err() && two.send_request(request("/b")).await.is_err());
}

#[tokio::test]
async fn what_is_under_way_is_answered() {
    let served = served("http://127.0.0.1:0").await;
    let mut one = served.one().await;
    let mut two = served.two().await;
    // A round trip first, so that both are surely accepted.
    text(one.send_request(request("/")).await.unwrap()).await;
    text(two.send_request(request("/")).await.unwrap()).await;
    let (first, second) = (one.send_request(request("/wait")), two.send_request(request("/wait")));
    let (first, second, ()) = tokio::join!(first, second, served.end());
    // A request that the server had not seen when it stopped is refused; one that it had seen is answered.
    for response in [first, second].into_iter().flatten() {
        assert!(text(response).await.ends_with("/wait"));
    }
}

#[tokio::test]
async fn a_socket_file_serves_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let served = served(&format!("unix://{}", path.display())).await;
    let stream = TokioIo::new(UnixStream::connect(&path).await.unwrap());
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(text(client.send_request(request("/u")).await.unwrap()).await, "HTTP/2.0 /u");
    served.end().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_connection_that_says_nothing_does_not_hold_up_the_end() {
    let served = served("http://127.0.0.1:0").await;
    let silent = served.tcp().await;
    // Accepted in order: once this one is answered, the silent one is known.
    let mut one = served.one().await;
    text(one.send_request(request("/")).await.unwrap()).await;
    timeout(DRAIN / 2, served.end()).await.unwrap();
    drop(silent);
}

/// All that the other side says until it closes the connection, after these words.
async fn said_until_closed(served: &Served, words: &[u8]) -> Vec<u8> {
    let mut stream = served.tcp().await.into_inner();
    stream.write_all(words).await.unwrap();
    let mut said = Vec::new();
    // A reset ends it as well.
    let _ = stream.read_to_end(&mut said).await;
    said
}

#[tokio::test]
async fn who_does_not_get_to_the_point_is_sent_away() {
    let settings = Settings { head_timeout: Duration::from_millis(50), ..Settings::default() };
    let served = served_with("http://127.0.0.1:0", settings).await;
    // Nothing; what could be either version; the head of a request that does not end; a whole one, and then nothing.
    assert_eq!(said_until_closed(&served, b"").await, b"");
    assert_eq!(said_until_closed(&served, b"P").await, b"");
    assert_eq!(said_until_closed(&served, b"GET / HTTP/1.1\r\nHost: a\r\nslow: ").await, b"");
    assert_eq!(said_until_closed(&served, b"PRI * HTTP/2.0\r\n").await, b"");
    // The head of a request of HTTP/2 that goes on, and does not.
    let said =
        said_until_closed(&served, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\0\x01\0\0\0\0\x01").await;
    assert_eq!(said[3], 4);
    let said = said_until_closed(&served, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(said.starts_with(b"HTTP/1.1 200 OK\r\n"));
    // HTTP/2 has its own means: pings.
    let mut two = served.two().await;
    said_until_closed(&served, b"").await;
    assert_eq!(text(two.send_request(request("/b")).await.unwrap()).await, "HTTP/2.0 /b");
    served.end().await;
}

#[tokio::test]
async fn a_port_speaks_what_it_is_for() {
    let only = |versions| Settings { versions, ..Settings::default() };
    let one = served_with("http://127.0.0.1:0", only(Versions::One)).await;
    assert!(!said_until_closed(&one, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.starts_with(&[0, 0]));
    let mut client = one.one().await;
    assert!(text(client.send_request(request("/a")).await.unwrap()).await.starts_with("HTTP/1.1"));
    one.end().await;
    let two = served_with("http://127.0.0.1:0", only(Versions::Two)).await;
    let said = said_until_closed(&two, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(!said.starts_with(b"HTTP/1"));
    let mut client = two.two().await;
    assert_eq!(text(client.send_request(request("/b")).await.unwrap()).await, "HTTP/2.0 /b");
    two.end().await;
}

#[tokio::test]
async fn a_full_port_lets_others_wait() {
    let served = served_with("http://127.0.0.1:0", Settings { connections_max: 1, ..Settings::default() }).await;
    let (mut first, connection) = http1::handshake(served.tcp().await).await.unwrap();
    let connection = tokio::spawn(connection);
    assert!(text(first.send_request(request("/a")).await.unwrap()).await.ends_with("/a"));
    let mut second = served.one().await;
    let mut answer = pin!(second.send_request(request("/b")));
    // However often the first asks meanwhile, the second is not answered.
    for _ in 0..10 {
        text(first.send_request(request("/a")).await.unwrap()).await;
        assert!(look(answer.as_mut()).await.is_none());
    }
    drop(first);
    connection.await.unwrap().unwrap();
    assert!(text(answer.await.unwrap()).await.ends_with("/b"));
    served.end().await;
}

/// One look at a future.
async fn look<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
