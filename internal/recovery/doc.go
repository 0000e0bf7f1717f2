// Package recovery puts tables and log together again if the log is not the one
// that the tables were filled from: it was cut off, deleted, damaged, or is another.
//
// It promises that nothing that the tables have is lost, that it says before what it
// will do and what is lost, and that whatever kills it, it may be run again.
//
//	look ──► ask (its caller) ──► settle ──► write the state ──► (its caller puts the log in place) ──► renew the tables
//
// What is written is a new generation of the log: it begins with the tables as they
// are, in chunks, and from there it is a log like any other. If instead the log
// already begins with the state of tables that have every order of these, as when a
// recovery was killed before its end or Postgres was put back to before it, the tables
// are emptied, to be folded anew from it. Only a product that was deleted since goes.
//
// Nobody may sell or project meanwhile: that is for its caller to see to.
package recovery
