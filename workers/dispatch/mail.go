package dispatch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/steelthread/steelthread/mes"
)

// MailTLS says how a mail server is spoken to.
type MailTLS string

// The ways. Nothing is sent in the clear unless that is what is asked for.
const (
	MailTLSRequired MailTLS = "required" // STARTTLS, or no mail
	MailTLSOptional MailTLS = "optional" // STARTTLS where the server has it
	MailTLSOff      MailTLS = "off"      // in the clear, inside a plant's own network
)

// MailSettings say where mail goes out.
type MailSettings struct {
	// URL is smtp://user@host:587, or smtps:// for a server that speaks TLS from the first byte.
	URL      string
	Password string
	From     string
	TLS      MailTLS
	// Screens is the address of the web app; a mail leads to its call there. Empty leads nowhere.
	Screens string
}

// Mail sends the mails of calls through one server.
type Mail struct {
	client  *mail.Client
	from    string
	screens string
	now     func() time.Time
}

// NewMail reads the settings. It speaks to nobody yet. Nil settings make a nil sender, which parks what it is given.
func NewMail(s MailSettings, more ...mail.Option) (*Mail, error) {
	if s.URL == "" {
		return nil, nil
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("the mail server's address is no URL with a host")
	}
	o := []mail.Option{mail.WithTimeout(mailTimeout)}
	switch {
	case u.Scheme == "smtps":
		o = append(o, mail.WithSSLPort(false))
	case u.Scheme != "smtp":
		return nil, fmt.Errorf("the mail server's address must begin with smtp:// or smtps://, not %s://", u.Scheme)
	case s.TLS == MailTLSOff:
		o = append(o, mail.WithTLSPortPolicy(mail.NoTLS))
	case s.TLS == MailTLSOptional:
		o = append(o, mail.WithTLSPortPolicy(mail.TLSOpportunistic))
	default:
		o = append(o, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		o = append(o, mail.WithPort(port))
	}
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		if s.Password != "" {
			password = s.Password
		}
		o = append(o, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(user), mail.WithPassword(password))
	}
	c, err := mail.NewClient(u.Hostname(), append(o, more...)...)
	if err != nil {
		return nil, err
	}
	return &Mail{client: c, from: s.From, screens: strings.TrimRight(s.Screens, "/"), now: time.Now}, nil
}

const (
	mailTimeout = 15 * time.Second
	// staleCall is after how long word of a call helps nobody: a server that was away for a night must not wake people in the
	// morning.
	staleCall = 4 * time.Hour
)

// Deliver sends one mail. Its Message-ID is made of the message's key, the same at each attempt, so that a mail which was
// taken just before this process died is known to be the same one. An address that the server refuses for good parks it.
func (s *Mail) Deliver(ctx context.Context, m mes.Message) (string, error) {
	if s == nil {
		return "", Dead(errors.New("no mail server is set up (MES_SMTP_URL)"))
	}
	p, err := decode[mes.CallMail](m)
	if err != nil {
		return "", err
	}
	if age := s.now().Sub(m.Created); age > staleCall {
		return "", Dead(fmt.Errorf("it is %s old and helps nobody any more", age.Round(time.Minute)))
	}
	out := mail.NewMsg()
	if err := errors.Join(out.From(s.from), out.To(p.To)); err != nil {
		return "", Dead(err)
	}
	text := p.Text
	if s.screens != "" {
		text += "\n" + s.screens + "/calls?sel=" + url.QueryEscape(p.Call) + "\n"
	}
	sum := sha256.Sum256([]byte(m.Key))
	out.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@steelthread")
	out.SetDateWithValue(m.Created)
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	out.Subject(p.Subject)
	out.SetBodyString(mail.TypeTextPlain, text)
	if err := s.client.DialAndSendWithContext(ctx, out); err != nil && !out.IsDelivered() {
		return "", mailError(err)
	}
	return "taken for " + p.To, nil
}

// mailError parks what the server refuses for good. Everything else, a wrong password too, is tried again: a person may mend it
// meanwhile.
func mailError(err error) error {
	var sent *mail.SendError
	if !errors.As(err, &sent) || sent.IsTemp() {
		return err
	}
	switch sent.Reason {
	case mail.ErrSMTPMailFrom, mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrSMTPDataClose:
		if sent.ErrorCode() >= 500 {
			return Dead(err)
		}
	}
	return err
}
