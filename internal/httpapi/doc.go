// Package httpapi is the sale over HTTP: requests in, JSON, event streams and
// pages out.
//
// It promises that everything sent to it is answered; that a request which breaks a
// rule changes nothing and learns which field broke which rule; that every error is
// a problem (RFC 9457) of the one table in answers.go; and that the OpenAPI document
// is made from the routes that run.
//
// One listener carries everything. fasthttp reads the requests, and two kinds of
// them are answered right there: a buy, because it is what comes a hundred
// thousand times a second, and the event streams, because a watcher should cost
// little more than a connection. Everything else goes to a net/http mux.
//
//	connection ──► precheck ► buy        ──► purchase
//	             (host,  ├─► events     ──► live
//	              site,  └─► mux, huma  ──► settle, the merchant, the store, rehearsals, pages
//	              size)
//
// A buy that is refused from this process's memory takes the first branch and
// allocates nothing: the request's bytes are fasthttp's, and are copied only for
// what outlives the handler.
//
// An API is made by New, runs in Serve, and ends with Shutdown: event streams are
// closed, then waiting buyers are answered, then the connections are closed.
// Everything is safe for concurrent use.
package httpapi
