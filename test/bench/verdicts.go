package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/steelthread/steelthread/test/plant"
)

const (
	pictureSize  = 100_000 // bytes of a JPEG, about
	verdictAim   = 500     // a second
	verdictPaces = 10 * time.Second
)

// camera sends verdicts with pictures, as an inference server does. Each picture is a new one.
type camera struct {
	url, token string
	http       *http.Client
	body       []byte // with room for the key and for what makes the picture a new one
	key, mark  int    // where they stand
	n          atomic.Int64
	refused    atomic.Int64
}

const markLength = 16

func openCamera(p *plant.Plant) (*camera, error) {
	info, err := p.Info()
	if err != nil {
		return nil, err
	}
	picture, err := noisyJPEG()
	if err != nil {
		return nil, err
	}
	text := base64.StdEncoding.EncodeToString(picture)
	const before = `{"inference_timestamp":"2026-11-02T08:00:00+00:00","event_schema":"quality_check","event_data":{"result":"pass","externalId":"BENCH"},"custom_metadata":{"camera":"CAM-30","step":"30-4","key":"`
	const between = `"},"images":[{"base64Image":"`
	body := before + fmt.Sprintf("%016d", 0) + between + text +
		`","objectDetections":[{"class":"bead","x":240,"y":90,"width":312,"height":36,"confidence":0.97},{"class":"bead","x":240,"y":160,"width":312,"height":36,"confidence":0.96},{"class":"bead","x":240,"y":230,"width":312,"height":36,"confidence":0.95}]}]}`
	c := &camera{url: info.URL + "/v2/events", token: info.Tokens["vision"], body: []byte(body), key: len(before), mark: len(before) + 16 + len(between) + len(text)/2/4*4}
	c.http = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, DialContext: (&net.Dialer{}).DialContext}}
	return c, nil
}

// noisyJPEG is a picture that nothing compresses any further, as real ones are.
func noisyJPEG() ([]byte, error) {
	m := image.NewGray(image.Rect(0, 0, 400, 330))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
	}
	var b bytes.Buffer
	for quality := 60; quality <= 100; quality += 2 {
		b.Reset()
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil || b.Len() >= pictureSize {
			return b.Bytes(), err
		}
	}
	return b.Bytes(), nil
}

// send sends the next verdict, and again while the server says that too much comes at once.
func (c *camera) send(ctx context.Context) error {
	body := bytes.Clone(c.body)
	mark := fmt.Sprintf("%0*d", markLength, c.n.Add(1))
	copy(body[c.key:], mark)
	copy(body[c.mark:], mark)
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-API-Key", c.token)
		res, err := c.http.Do(req)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(res.Body)
		res.Body.Close()
		switch {
		case err != nil:
			return err
		case res.StatusCode == http.StatusCreated:
			return nil
		case res.StatusCode != 529:
			return fmt.Errorf("%s: %s", res.Status, answer)
		}
		c.refused.Add(1)
		wait, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(max(wait, 1)) * time.Second / 4):
		}
	}
}

// measureVerdicts measures what verdicts with pictures cost and how many are taken, over the API, beside what PostgreSQL
// takes to store the same pictures in a bare table.
func (r *results) measureVerdicts(ctx context.Context, o options) error {
	p, err := plant.Start(ctx, plant.Options{Dir: filepath.Join(o.dir, "verdicts"), Env: []string{"MES_PROFILE_LISTEN=" + o.profile}})
	if err != nil {
		return err
	}
	defer p.Close()
	c, err := openCamera(p)
	if err != nil {
		return err
	}
	if _, err := c.flood(ctx, 200, o.clients); err != nil { // warms connections and caches
		return err
	}
	before, err := p.CPU()
	if err != nil {
		return err
	}
	took, err := c.flood(ctx, o.verdicts, o.clients)
	if err != nil {
		return err
	}
	after, err := p.CPU()
	if err != nil {
		return err
	}
	rate := float64(o.verdicts) / took.Seconds()
	used := after.Sub(before)
	each := float64(o.verdicts)
	r.add("verdicts with a picture of 100 KB, as many as go", rate, "/s", fmt.Sprintf("> %d", verdictAim))
	r.add("processor time of a verdict, mes", ms(used.MES)/each, "ms", "")
	r.add("processor time of a verdict, PostgreSQL", ms(used.Postgres)/each, "ms", "")
	r.add("processor time of a verdict, the sender", ms(used.Client)/each, "ms", "")
	r.add("verdicts refused for the moment, and sent again", float64(c.refused.Load()), "", "")
	took2, err := c.paced(ctx, min(verdictAim, 0.7*rate))
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("answer to a verdict at %.0f a second, median", min(verdictAim, 0.7*rate)), ms(percentile(took2, 0.5)), "ms", "")
	r.add("the same, 99 of 100", ms(percentile(took2, 0.99)), "ms", "< 100")
	if err := c.counted(ctx, p); err != nil {
		return err
	}
	insert, copied, err := bareInserts(ctx, p, c, o)
	if err != nil {
		return err
	}
	r.add("the same pictures into a bare table, one INSERT each", insert, "/s", "")
	r.add("the same by COPY, 48 at a time", copied, "/s", "")
	r.add("verdicts as a share of bare INSERTs", rate/insert, "", "")
	r.add("verdicts as a share of COPY", rate/copied, "", "")
	return nil
}

// flood sends n verdicts with so many senders side by side.
func (c *camera) flood(ctx context.Context, n, senders int) (time.Duration, error) {
	return sideBySide(ctx, n, senders, c.send)
}

func sideBySide(ctx context.Context, n, senders int, do func(context.Context) error) (time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	began := time.Now()
	for range senders {
		group.Go(func() {
			for ctx.Err() == nil && next.Add(1) <= int64(n) {
				if err := do(ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
	group.Wait()
	return time.Since(began), context.Cause(ctx)
}

// paced sends at a fixed rate and measures each from the moment it was due.
func (c *camera) paced(ctx context.Context, rate float64) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	took := make([]time.Duration, int(rate*verdictPaces.Seconds()))
	var group sync.WaitGroup
	began := time.Now()
	for i := range took {
		due := began.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(time.Until(due)):
		}
		group.Go(func() {
			if err := c.send(ctx); err != nil {
				cancel(err)
			}
			took[i] = time.Since(due)
		})
	}
	group.Wait()
	return took, context.Cause(ctx)
}

// counted holds the ledger against what was sent: nothing lost, nothing twice.
func (c *camera) counted(ctx context.Context, p *plant.Plant) error {
	db, err := ownersDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.Close()
	var results, pictures int64
	err = db.QueryRow(ctx, "SELECT count(*), count(DISTINCT image) FROM mes.vision_result WHERE lot = 'BENCH'").Scan(&results, &pictures)
	if err == nil && (results != c.n.Load() || pictures != results) {
		err = fmt.Errorf("%d verdicts were sent, %d are stored with %d pictures", c.n.Load(), results, pictures)
	}
	return err
}

func ownersDatabase(ctx context.Context, p *plant.Plant) (*pgxpool.Pool, error) {
	dsn, err := plant.DatabaseURL(p.DataDir(), "mes")
	if err != nil {
		return nil, err
	}
	return pgxpool.New(ctx, dsn)
}

// bareInserts stores the same pictures in a table without anything around it, on the same server with the same safety.
func bareInserts(ctx context.Context, p *plant.Plant, c *camera, o options) (insert, copied float64, err error) {
	db, err := ownersDatabase(ctx, p)
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	if _, err := db.Exec(ctx, "CREATE TABLE bench_picture (n bigint PRIMARY KEY, content bytea NOT NULL)"); err != nil {
		return 0, 0, err
	}
	picture, err := noisyJPEG()
	if err != nil {
		return 0, 0, err
	}
	var n atomic.Int64
	fresh := func() (int64, []byte) {
		k := n.Add(1)
		b := bytes.Clone(picture)
		copy(b[len(b)/2:], fmt.Sprintf("%016d", k))
		return k, b
	}
	took, err := sideBySide(ctx, o.verdicts, 16, func(ctx context.Context) error {
		k, b := fresh()
		_, err := db.Exec(ctx, "INSERT INTO bench_picture VALUES ($1, $2)", k, b)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	insert = float64(o.verdicts) / took.Seconds()
	const group = 48
	took, err = sideBySide(ctx, o.verdicts/group, 3, func(ctx context.Context) error {
		rows := make([][]any, group)
		for i := range rows {
			k, b := fresh()
			rows[i] = []any{k, b}
		}
		_, err := db.CopyFrom(ctx, pgx.Identifier{"bench_picture"}, []string{"n", "content"}, pgx.CopyFromRows(rows))
		return err
	})
	return insert, float64(o.verdicts/group*group) / took.Seconds(), err
}
