//go:build !unix

package rush

const haveTurn = false

func (l *link) turn(uintptr) bool { panic("no raw sockets here") }
