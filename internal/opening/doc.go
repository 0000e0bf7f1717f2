// Package opening is the one way in which a gate opens, and the monitor of what
// asks for it. First sale, changed terms, new quantity, a lost gate and a
// deleted product are the same procedure, so the emergency path is the everyday
// path.
//
// An attempt goes through these stages, each of them one Step:
//
//	reading    epoch and terms from the store in one read; e = epoch + 1, or above the gate's; a fresh nonce
//	probing    the log takes a record without effect, if the gate sells: else the gate goes on;
//	           and if something seems lost, an order or the gate's own epoch, the fold has
//	           applied that record, and not what is missed
//	shutting   the gate is shut at e, which gives the incarnation
//	draining   what the outbox still holds goes to the log
//	recording  the opening record (e, nonce, terms) goes to the log
//	awaiting   until the store shows e; with another nonce somebody else's opening came first
//	loading    one snapshot of the store gives remaining, every order and the last return
//	           number; then the gate opens, iff it is still shut at e under the incarnation
//
// It promises that a gate opens only with what the store held once no record of
// an earlier epoch could take effect any more: recording makes them stale, and
// awaiting sees that the fold has applied it. Any number of attempts, in any number
// of processes, may run at once: at most one of an epoch is accepted by the
// fold, and only its gate opens. An attempt that meets an error is given up; the
// gate stays shut, and the monitor opens it again.
//
// Attempt and Monitor are explicit state for one goroutine; an Opener may be
// shared.
package opening
