//go:build !unix

package rush

const haveRaw = false

func (l *link) writeRead(uintptr) bool { panic("no raw sockets here") }
