//! Pages that are the same whoever asks, and what Go's HTTP server says by itself.

use super::host::HostError;
use crate::{metrics, percent, server::Handle};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{ALLOW, CONNECTION, CONTENT_TYPE, LOCATION, X_CONTENT_TYPE_OPTIONS},
};
use http_body_util::Full;
use hyper::ext::ReasonPhrase;

/// A page.
pub type Page = Response<Full<Bytes>>;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const VARIABLES: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const PROTOBUF: HeaderValue = HeaderValue::from_static("application/protobuf");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
const CLOSE: HeaderValue = HeaderValue::from_static("close");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// A page with a status, a type and a text.
fn page(status: StatusCode, kind: HeaderValue, text: impl Into<Bytes>) -> Page {
    let mut page = Response::new(Full::new(text.into()));
    *page.status_mut() = status;
    page.headers_mut().insert(CONTENT_TYPE, kind);
    page
}

/// Plain text of which the browser is not to guess the type.
pub fn text(status: StatusCode, text: String) -> Page {
    let mut page = page(status, TEXT, text);
    page.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    page
}

/// What Go's `http.Error` writes.
pub fn error(status: StatusCode, message: &str) -> Page {
    text(status, format!("{message}\n"))
}

/// Plain text whose type Go's server has guessed.
pub fn guessed(text: &'static str) -> Page {
    page(StatusCode::OK, TEXT, text)
}

/// Of all methods, `GET` alone is allowed.
///
/// # Errors
/// The page that says so.
pub fn get_only<B>(request: &Request<B>) -> Result<(), Box<Page>> {
    only(&Method::GET, request)
}

/// Of all methods, this one alone is allowed.
///
/// # Errors
/// The page that says so.
pub fn only<B>(method: &Method, request: &Request<B>) -> Result<(), Box<Page>> {
    if request.method() == method {
        return Ok(());
    }
    let mut page = error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
    // The name of a method is always a header's value.
    if let Ok(method) = HeaderValue::from_str(method.as_str()) {
        page.headers_mut().insert(ALLOW, method);
    }
    Err(Box::new(page))
}

/// The request is too long, and its rest is not read. Go's name for that is an older one.
pub fn too_large(message: &str) -> Page {
    let mut page = error(StatusCode::PAYLOAD_TOO_LARGE, message);
    page.headers_mut().insert(CONNECTION, CLOSE);
    page.extensions_mut().insert(ReasonPhrase::from_static(b"Request Entity Too Large"));
    page
}

/// JSON.
pub fn json(text: impl Into<Bytes>) -> Page {
    page(StatusCode::OK, JSON, text)
}

/// What went wrong, as JSON.
pub fn json_error(status: StatusCode, text: &'static str) -> Page {
    page(status, JSON, text)
}

/// An encoded message.
pub fn protobuf(bytes: Vec<u8>) -> Page {
    page(StatusCode::OK, PROTOBUF, bytes)
}

/// A word or two.
pub fn plain(text: String) -> Page {
    page(StatusCode::OK, PLAIN, text)
}

/// There is no such page. Below `/v3/` the JSON gateway says so in its own way.
pub fn not_found(path: &str) -> Page {
    if path.starts_with("/v3/") {
        return page(StatusCode::NOT_FOUND, JSON, r#"{"code":5, "message":"Not Found"}"#);
    }
    missing()
}

/// There is no such page, whatever its path.
pub fn missing() -> Page {
    error(StatusCode::NOT_FOUND, "404 page not found")
}

/// The answer to a browser that asks what it may do: the headers that every answer has.
pub fn options() -> Page {
    Response::default()
}

/// The target is none that has pages (`GET *`).
pub fn no_target() -> Page {
    let mut page = Page::default();
    *page.status_mut() = StatusCode::BAD_REQUEST;
    page.headers_mut().insert(CONNECTION, CLOSE);
    page
}

/// The request is no proper one: it is not looked at any further, and neither is its connection.
pub fn bad_request(text: impl Into<Bytes>) -> Page {
    let mut page = page(StatusCode::BAD_REQUEST, TEXT, text);
    page.headers_mut().insert(CONNECTION, CLOSE);
    page
}

/// The request names no host. Go says why in the first line as well.
pub fn no_host(error: HostError) -> Page {
    let text = error.to_string();
    let reason = text.strip_prefix("400 ").and_then(|reason| ReasonPhrase::try_from(reason.as_bytes()).ok());
    let mut page = bad_request(text);
    if let Some(reason) = reason {
        page.extensions_mut().insert(reason);
    }
    page
}

/// The page is to be found under another path; what Go's `http.Redirect` writes.
pub fn moved(method: &Method, path: &str, query: Option<&str>) -> Page {
    let place = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let shown = place.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;");
    let link = format!("<a href=\"{}\">Temporary Redirect</a>.\n\n", shown.replace('\'', "&#39;"));
    let is_shown = [Method::GET, Method::HEAD].contains(method);
    let mut page = if is_shown { page(StatusCode::OK, HTML, link) } else { Page::default() };
    *page.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    // The target of a request that was read is text that a header can hold.
    let Ok(place) = HeaderValue::try_from(place) else { return bad_request("400 Bad Request") };
    page.headers_mut().insert(LOCATION, place);
    page
}

/// What a port for gRPC alone says to everything else, in gRPC's way.
pub fn not_grpc(request: &HeaderMap) -> Page {
    let kind = request.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let kind = percent::encode(kind);
    let mut page = page(StatusCode::UNSUPPORTED_MEDIA_TYPE, GRPC, "");
    page.headers_mut().insert("grpc-status", HeaderValue::from_static("3"));
    if let Ok(message) = HeaderValue::try_from(format!("invalid gRPC request content-type \"{kind}\"")) {
        page.headers_mut().insert("grpc-message", message);
    }
    page
}

/// A page of variables.
pub fn variables(text: String) -> Page {
    page(StatusCode::OK, VARIABLES, text)
}

/// `/version`.
pub fn version<B>(handle: &Handle, request: &Request<B>) -> Page {
    if let Err(refused) = get_only(request) {
        return *refused;
    }
    let status = handle.status();
    let (cluster, storage) = (status.cluster_version, status.storage_version);
    page(StatusCode::OK, JSON, versions(cluster.as_deref(), storage.as_deref()))
}

fn versions(cluster: Option<&str>, storage: Option<&str>) -> String {
    let (server, cluster) = (env!("CARGO_PKG_VERSION"), cluster.unwrap_or("not_decided"));
    let storage = storage.unwrap_or("unknown");
    format!(r#"{{"etcdserver":"{server}","etcdcluster":"{cluster}","storage":"{storage}"}}"#)
}

/// `/metrics`, whatever the method.
pub fn metrics() -> Page {
    let metrics = metrics::metrics();
    metrics.scrapes_in_flight.inc();
    let (code, page) = match metrics.text() {
        Ok(text) => (StatusCode::OK, page(StatusCode::OK, HeaderValue::from_static(metrics::TEXT_TYPE), text)),
        Err(reason) => {
            let code = StatusCode::INTERNAL_SERVER_ERROR;
            (code, error(code, &format!("An error has occurred while serving metrics:\n\n{reason}")))
        }
    };
    metrics.scrapes_in_flight.dec();
    metrics.scrapes.with_label_values(&[code.as_str()]).inc();
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn body(page: Page) -> String {
        String::from_utf8(page.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    /// As etcd 3.7.1 answers.
    #[tokio::test]
    async fn what_is_not_there() {
        let page = not_found("/nothing");
        assert_eq!((page.status().as_u16(), &page.headers()[CONTENT_TYPE]), (404, &TEXT));
        assert_eq!(page.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(body(page).await, "404 page not found\n");
        let page = not_found("/v3/kv/range");
        assert_eq!((page.status().as_u16(), &page.headers()[CONTENT_TYPE]), (404, &JSON));
        assert_eq!(body(page).await, r#"{"code":5, "message":"Not Found"}"#);
    }

    #[tokio::test]
    async fn another_path() {
        let page = moved(&Method::GET, "/health", Some("a=b&c=<d>"));
        assert_eq!(
            (page.status().as_u16(), &page.headers()[LOCATION]),
            (307, &HeaderValue::from_static("/health?a=b&c=<d>"))
        );
        let link = "<a href=\"/health?a=b&amp;c=&lt;d&gt;\">Temporary Redirect</a>.\n\n";
        assert_eq!(body(page).await, link);
        let page = moved(&Method::POST, "/health", None);
        assert_eq!((page.status().as_u16(), page.headers().get(CONTENT_TYPE)), (307, None));
        assert_eq!(body(page).await, "");
    }

    #[test]
    fn what_is_no_grpc_is_told_so() {
        let page = not_grpc(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("a/b%"))]));
        let headers = page.headers();
        assert_eq!((page.status().as_u16(), &headers["grpc-status"]), (415, &HeaderValue::from_static("3")));
        assert_eq!(headers["grpc-message"], "invalid gRPC request content-type \"a/b%25\"");
    }

    #[tokio::test]
    async fn get_alone_is_allowed() {
        assert!(get_only(&Request::get("/health").body(()).unwrap()).is_ok());
        for method in [Method::POST, Method::HEAD] {
            let page = *get_only(&Request::builder().method(method).body(()).unwrap()).unwrap_err();
            assert_eq!((page.status().as_u16(), &page.headers()[ALLOW]), (405, &HeaderValue::from_static("GET")));
            assert_eq!(body(page).await, "Method Not Allowed\n");
        }
    }

    #[test]
    fn versions_before_and_after_they_are_known() {
        assert_eq!(versions(None, None), r#"{"etcdserver":"3.7.1","etcdcluster":"not_decided","storage":"unknown"}"#);
        let known = r#"{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}"#;
        assert_eq!(versions(Some("3.7.0"), Some("3.7.0")), known);
    }

    #[tokio::test]
    async fn metrics_have_their_type() {
        let page = metrics();
        assert_eq!(page.headers()[CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
        assert!(body(page).await.contains("\npromhttp_metric_handler_requests_in_flight 1\n"));
    }
}
