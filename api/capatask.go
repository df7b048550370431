package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) capaTaskRoutes() {
	post := func(path, id, short string, right policies.Right) route {
		return route{Method: "POST", Path: "/capas/{capa}/tasks" + path, ID: id, Group: "capas", Right: right, Command: true, Noun: mes.NounCAPA, Short: short}
	}
	handle(s, post("", "addCapaTask", "Give somebody a task; actions are tasks of D6", policies.CAPAWork), s.addCAPATask)
	handle(s, post("/{task}/change", "changeCapaTask", "Give a task to another person or another day", policies.CAPAWork), s.changeCAPATask)
	handle(s, post("/{task}/drop", "dropCapaTask", "Give a task up", policies.CAPAWork), s.dropCAPATask)
	done := post("/{task}/done", "doCapaTask", "Say that one's own task is done, with the files that prove it", policies.CAPADo)
	done.Body = evidenceBody
	handle(s, done, s.doCAPATask)
	verify := post("/{task}/verify", "verifyCapaTask", "Say what a second person saw of an action", policies.CAPAWork)
	verify.Body = evidenceBody
	handle(s, verify, s.verifyCAPATask)
}

// CAPATaskPath names a task.
type CAPATaskPath struct {
	CAPAPath
	Task string `path:"task" maxLength:"16"`
}

// AddCAPATask is a task as it is given.
type AddCAPATask struct {
	D       int       `json:"d" minimum:"1" maximum:"8" doc:"The discipline that it belongs to."`
	Title   string    `json:"title" maxLength:"300"`
	Against string    `json:"against,omitempty" enum:"occurrence,escape," doc:"For an action: which cause it works against."`
	Owner   string    `json:"owner" maxLength:"100"`
	DueAt   time.Time `json:"due_at"`
}

type addCAPATaskInput struct {
	CAPAPath
	Body AddCAPATask
}

func (s *Server) addCAPATask(ctx context.Context, in *addCAPATaskInput) (*one[CAPAView], error) {
	b := in.Body
	return s.viewCAPA(s.CAPAs.AddTask(ctx, in.place(ctx, 0, ""), mes.NewCAPATask{D: mes.Discipline(b.D), Title: b.Title, Against: b.Against, Owner: b.Owner, DueAt: b.DueAt}))
}

// ChangeCAPATask moves a task.
type ChangeCAPATask struct {
	Owner  string    `json:"owner" maxLength:"100"`
	DueAt  time.Time `json:"due_at"`
	Reason string    `json:"reason" maxLength:"500"`
}

type changeCAPATaskInput struct {
	CAPATaskPath
	Body ChangeCAPATask
}

func (s *Server) changeCAPATask(ctx context.Context, in *changeCAPATaskInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.ChangeTask(ctx, in.place(ctx, 0, in.Body.Reason), in.Task, mes.CAPATaskChange{Owner: in.Body.Owner, DueAt: in.Body.DueAt}))
}

type dropCAPATaskInput struct {
	CAPATaskPath
	Body Reason
}

func (s *Server) dropCAPATask(ctx context.Context, in *dropCAPATaskInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.DropTask(ctx, in.place(ctx, 0, in.Body.Reason), in.Task))
}

// CAPAFile is a file that proves something. Its kind is judged by its content.
type CAPAFile struct {
	Name    string `json:"name" maxLength:"200"`
	Content []byte `json:"content" doc:"PDF, PNG or JPEG in base64, 8 MiB in all."`
}

// ReportCAPATask says that a task is done, or what was seen of it.
type ReportCAPATask struct {
	Works *bool      `json:"works,omitempty" doc:"For a verification: whether the action works; left out, it does."`
	Note  string     `json:"note" maxLength:"4000"`
	Files []CAPAFile `json:"files,omitempty" maxItems:"10"`
}

func (b ReportCAPATask) report() mes.CAPAReport {
	out := mes.CAPAReport{Works: b.Works == nil || *b.Works, Note: b.Note}
	for _, f := range b.Files {
		kind, _, _ := strings.Cut(http.DetectContentType(f.Content), ";")
		out.Files = append(out.Files, mes.Evidence{Name: f.Name, ContentType: kind, Content: f.Content})
	}
	return out
}

type reportCAPATaskInput struct {
	CAPATaskPath
	Body ReportCAPATask
}

func (s *Server) doCAPATask(ctx context.Context, in *reportCAPATaskInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.DoTask(ctx, in.place(ctx, 0, ""), in.Task, in.Body.report()))
}

func (s *Server) verifyCAPATask(ctx context.Context, in *reportCAPATaskInput) (*one[CAPAView], error) {
	return s.viewCAPA(s.CAPAs.VerifyTask(ctx, in.place(ctx, 0, ""), in.Task, in.Body.report()))
}
