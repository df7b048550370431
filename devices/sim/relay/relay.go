// Package relay is a TCP relay that misbehaves on demand: it can cut every connection, refuse new ones, or swallow all
// bytes without closing anything. It stands in front of the simulated machines, and in front of any server in tests.
package relay

import (
	"fmt"
	"io"
	"net"
	"sync"
)

// Relay passes connections on to one target.
type Relay struct {
	addr string

	mu       sync.Mutex
	target   string
	ln       net.Listener
	conns    map[net.Conn]bool // true where a client is at the other end
	swallow  bool
	accepted int
	closed   bool
	wg       sync.WaitGroup
}

// Listen starts a relay on addr, whose port may be 0, towards target.
func Listen(addr, target string) (*Relay, error) {
	r := &Relay{addr: addr, target: target, conns: map[net.Conn]bool{}}
	if err := r.Up(); err != nil {
		return nil, err
	}
	return r, nil
}

// Addr gives host:port. The port stays the same through Down and Up.
func (r *Relay) Addr() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.addr
}

// Retarget sends later connections to another server.
func (r *Relay) Retarget(target string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.target = target
}

// Up listens again after Down. It does nothing when the relay listens.
func (r *Relay) Up() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ln != nil || r.closed {
		return nil
	}
	ln, err := net.Listen("tcp", r.addr)
	if err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	r.ln, r.addr = ln, ln.Addr().String()
	r.wg.Add(1)
	go r.accept(ln)
	return nil
}

// Down stops listening and cuts every connection, as a dead process would.
func (r *Relay) Down() {
	r.mu.Lock()
	if r.ln != nil {
		r.ln.Close()
		r.ln = nil
	}
	r.mu.Unlock()
	r.Cut()
}

// Cut ends every connection at once. Clients see a reset; the server sees an end, since a reset before a client's first
// word ends the OPC UA library's server for good (gopcua 0.9.0 takes it for the end of its listener). New ones are accepted.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c, client := range r.conns {
		if tcp, ok := c.(*net.TCPConn); ok && client {
			tcp.SetLinger(0)
		}
		c.Close()
	}
}

// BlackHole swallows all bytes both ways while on, on present and on new connections. Nothing is closed. Bytes that came
// while it was on are lost, so connections that lived through it are cut when it ends.
func (r *Relay) BlackHole(on bool) {
	r.mu.Lock()
	was := r.swallow
	r.swallow = on
	r.mu.Unlock()
	if was && !on {
		r.Cut()
	}
}

// Accepted counts the connections so far.
func (r *Relay) Accepted() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.accepted
}

// Close ends the relay for good and waits for its goroutines.
func (r *Relay) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.Down()
	r.wg.Wait()
	return nil
}

func (r *Relay) accept(ln net.Listener) {
	defer r.wg.Done()
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		if r.hold(c, true) {
			r.wg.Add(1)
			go r.serve(c)
		}
	}
}

// hold keeps a connection for Cut. It refuses one that comes after Down.
func (r *Relay) hold(c net.Conn, client bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ln == nil {
		c.Close()
		return false
	}
	r.conns[c] = client
	return true
}

func (r *Relay) drop(c net.Conn) {
	c.Close()
	r.mu.Lock()
	delete(r.conns, c)
	r.mu.Unlock()
}

func (r *Relay) serve(front net.Conn) {
	defer r.wg.Done()
	defer r.drop(front)
	r.mu.Lock()
	target := r.target
	r.accepted++
	r.mu.Unlock()
	back, err := net.Dial("tcp", target)
	if err != nil || !r.hold(back, false) {
		return
	}
	defer r.drop(back)
	done := make(chan struct{}, 2)
	go func() { r.copy(back, front); done <- struct{}{} }()
	go func() { r.copy(front, back); done <- struct{}{} }()
	<-done
	front.Close()
	back.Close()
	<-done
}

func (r *Relay) copy(dst io.Writer, src io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := src.Read(buf)
		r.mu.Lock()
		swallow := r.swallow
		r.mu.Unlock()
		if n > 0 && !swallow {
			if _, werr := dst.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
