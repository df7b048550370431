package dispatch

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/wneessen/go-mail"

	"github.com/steelthread/steelthread/mes"
)

// post is a real mail server that keeps what it takes.
type post struct {
	mu     sync.Mutex
	taken  []string // one text for each mail
	to     []string
	user   string
	refuse int // answers recipients with this code
	addr   string
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{p}, nil }

type session struct{ *post }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "mes" || password != "s3cret" {
			return smtp.ErrAuthFailed
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.user = user
		return nil
	}), nil
}
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != 0 {
		return &smtp.SMTPError{Code: s.refuse, Message: "not here"}
	}
	s.to = append(s.to, to)
	return nil
}
func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, string(b))
	return err
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// newPost starts it; with a certificate it speaks STARTTLS.
func newPost(t *testing.T, cert *tls.Certificate) *post {
	t.Helper()
	p := &post{}
	srv := smtp.NewServer(p)
	srv.Domain, srv.AllowInsecureAuth = "127.0.0.1", cert == nil
	if cert != nil {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return p
}

func callMail(t *testing.T, to string) mes.Message {
	t.Helper()
	b, err := json.Marshal(mes.CallMail{Call: "CALL-0007", To: to, Subject: "CALL-0007: ST50 calls for Maintenance", Text: "Gehäuse leckt.\n"})
	if err != nil {
		t.Fatal(err)
	}
	return mes.Message{ID: 1, Kind: mes.MessageCallEscalated, Key: "andon/HAM/CALL-0007/respond/1/" + to, Payload: b, Created: time.Now()}
}

func sender(t *testing.T, s MailSettings, o ...mail.Option) *Mail {
	t.Helper()
	m, err := NewMail(s, o...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMailIsTheSameAtEachAttempt(t *testing.T) {
	p := newPost(t, nil)
	m := sender(t, MailSettings{URL: "smtp://" + p.addr, From: "mes@plant.example", TLS: MailTLSOff, Screens: "https://mes.plant.example/"})
	msg := callMail(t, "sam@plant.example")
	for range 2 { // the process died after the server took it
		if answer, err := m.Deliver(t.Context(), msg); err != nil || answer != "taken for sam@plant.example" {
			t.Fatalf("%q, %v", answer, err)
		}
	}
	if len(p.taken) != 2 || p.to[0] != "sam@plant.example" {
		t.Fatalf("%v to %v", p.taken, p.to)
	}
	first, second := id(p.taken[0]), id(p.taken[1])
	if first == "" || first != second {
		t.Errorf("the same mail is %q and then %q", first, second)
	}
	if id(p.taken[0]) == "" || !strings.Contains(p.taken[0], "Auto-Submitted: auto-generated") || !strings.Contains(p.taken[0], "Subject: CALL-0007: ST50 calls for Maintenance") ||
		!strings.Contains(strings.ReplaceAll(p.taken[0], "=\r\n", ""), "https://mes.plant.example/calls?sel=3DCALL-0007") {
		t.Errorf("it reads %s", p.taken[0])
	}
}

func id(text string) string {
	for line := range strings.SplitSeq(text, "\r\n") {
		if v, ok := strings.CutPrefix(line, "Message-ID: "); ok {
			return v
		}
	}
	return ""
}

func TestNothingIsSaidInTheClearUnlessAskedFor(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	pool := x509.NewCertPool()
	pool.AddCert(web.Certificate())
	trust := mail.WithTLSConfig(&tls.Config{RootCAs: pool, ServerName: "example.com", MinVersion: tls.VersionTLS12})
	safe := newPost(t, &web.TLS.Certificates[0])
	set := MailSettings{URL: "smtp://mes@" + safe.addr, Password: "s3cret", From: "mes@plant.example", TLS: MailTLSRequired}
	if _, err := sender(t, set, trust).Deliver(t.Context(), callMail(t, "sam@plant.example")); err != nil || safe.user != "mes" || len(safe.taken) != 1 {
		t.Errorf("with STARTTLS: %v, as %q, %d mails", err, safe.user, len(safe.taken))
	}
	set.Password = "wrong"
	var parked dead
	if _, err := sender(t, set, trust).Deliver(t.Context(), callMail(t, "sam@plant.example")); err == nil || errors.As(err, &parked) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password must be tried again and never told: %v", err)
	}
	clear := newPost(t, nil)
	set = MailSettings{URL: "smtp://" + clear.addr, From: "mes@plant.example", TLS: MailTLSRequired}
	if _, err := sender(t, set).Deliver(t.Context(), callMail(t, "sam@plant.example")); err == nil || len(clear.taken) != 0 {
		t.Errorf("a mail went out in the clear: %v", err)
	}
}

func TestWhatAServerRefusesForGoodIsParked(t *testing.T) {
	p := newPost(t, nil)
	m := sender(t, MailSettings{URL: "smtp://" + p.addr, From: "mes@plant.example", TLS: MailTLSOff})
	for code, want := range map[int]bool{550: true, 452: false} {
		p.mu.Lock()
		p.refuse = code
		p.mu.Unlock()
		_, err := m.Deliver(t.Context(), callMail(t, "nobody@plant.example"))
		var parked dead
		if err == nil || errors.As(err, &parked) != want {
			t.Errorf("%d: %v, parked must be %v", code, err, want)
		}
	}
	old := callMail(t, "sam@plant.example")
	old.Created = time.Now().Add(-5 * time.Hour)
	var parked dead
	if _, err := m.Deliver(t.Context(), old); !errors.As(err, &parked) {
		t.Errorf("word of last night goes out: %v", err)
	}
	bad := callMail(t, "sam@plant.example\r\nBcc: eve@evil.example")
	if _, err := m.Deliver(t.Context(), bad); !errors.As(err, &parked) {
		t.Errorf("an address with a line break goes out: %v", err)
	}
	none := sender(t, MailSettings{})
	if _, err := none.Deliver(t.Context(), callMail(t, "sam@plant.example")); !errors.As(err, &parked) || !strings.Contains(err.Error(), "MES_SMTP_URL") {
		t.Errorf("without a server: %v", err)
	}
	gone := sender(t, MailSettings{URL: "smtp://127.0.0.1:1", From: "mes@plant.example"})
	if _, err := gone.Deliver(t.Context(), callMail(t, "sam@plant.example")); err == nil || errors.As(err, new(dead)) {
		t.Errorf("nobody listens: %v", err)
	}
	for _, url := range []string{"http://mail", "smtp://", "mail.plant.example:25"} {
		if _, err := NewMail(MailSettings{URL: url}); err == nil {
			t.Errorf("%q was taken for a mail server", url)
		}
	}
}

func TestTheReceiverOfCallsIsTheConfiguredOne(t *testing.T) {
	var got []byte
	srv := httptest.NewServer(keeps(&got))
	defer srv.Close()
	body, _ := json.Marshal(mes.CallNotice{Call: "CALL-0007", Station: "ST50"})
	msg := mes.Message{Kind: mes.MessageCallEscalated, Key: "k", Payload: body, Created: time.Now()}
	if _, err := NewCallHook(srv.URL, "s3cret").Deliver(t.Context(), msg); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%v, %s", err, got)
	}
	msg.Created = time.Now().Add(-5 * time.Hour)
	var parked dead
	if _, err := NewCallHook(srv.URL, "s3cret").Deliver(t.Context(), msg); !errors.As(err, &parked) {
		t.Errorf("word of last night: %v", err)
	}
	if _, err := NewCallHook("", "").Deliver(t.Context(), msg); !errors.As(err, &parked) || !strings.Contains(err.Error(), "MES_CALL_WEBHOOK_URL") {
		t.Errorf("without a receiver: %v", err)
	}
}

// keeps is a receiver that keeps the last body.
func keeps(last *[]byte) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { *last, _ = io.ReadAll(r.Body) })
}
