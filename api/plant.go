package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/steelthread/steelthread/mes"
	"github.com/steelthread/steelthread/policies"
)

func (s *Server) plantRoutes() {
	handle(s, route{Method: "GET", Path: "/plant", ID: "getPlant", Group: "plant", Right: policies.PlantRead,
		Short: "The site with its areas, lines, stations and devices"},
		func(ctx context.Context, _ *struct{}) (*one[mes.PlantView], error) {
			return answer(s.Plant.View(ctx, requestOf(ctx).who.Site))
		})
	handle(s, route{Method: "GET", Path: "/products", ID: "listProducts", Group: "plant", Right: policies.PlantRead,
		Short: "Every material of the plant, with its routing revisions"},
		func(ctx context.Context, _ *struct{}) (*one[mes.Page[mes.Product]], error) {
			return whole(s.Plant.Products(ctx))
		})
	handle(s, route{Method: "GET", Path: "/routings/{product}/{revision}", ID: "getRouting", Group: "plant", Right: policies.PlantRead,
		Short: "One routing revision", Long: "The revision \"approved\" is the one that a new order gets."},
		func(ctx context.Context, in *routingPath) (*one[mes.RoutingView], error) {
			if in.Revision == "approved" {
				in.Revision = ""
			}
			return answer(s.Plant.Routing(ctx, in.Product, in.Revision))
		})
}

type routingPath struct {
	Product  string `path:"product" maxLength:"64"`
	Revision string `path:"revision" maxLength:"64"`
}

// plants remembers what hardly changes: the sites' names and zones, and routing revisions, which never change.
type plants struct {
	port     mes.Plant
	mu       sync.Mutex
	sites    map[string]knownSite
	routings map[routingKey]mes.Routing
	lots     map[string]madeOf // by site, lot and operation
}

type routingKey struct{ product, revision string }

type knownSite struct {
	mes.Equipment
	zone  *time.Location
	until time.Time
}

func newPlants(p mes.Plant) *plants {
	return &plants{port: p, sites: map[string]knownSite{}, routings: map[routingKey]mes.Routing{}, lots: map[string]madeOf{}}
}

// site finds a site's name and zone, at most a minute old.
func (p *plants) site(ctx context.Context, id string) (knownSite, error) {
	p.mu.Lock()
	known, ok := p.sites[id]
	p.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return known, nil
	}
	v, err := p.port.View(ctx, id)
	if err != nil {
		return knownSite{}, err
	}
	known = knownSite{Equipment: v.Site, until: time.Now().Add(time.Minute)}
	if known.TimeZone == "" {
		known.TimeZone = v.TimeZone
	}
	if known.zone, err = time.LoadLocation(known.TimeZone); err != nil {
		return knownSite{}, fmt.Errorf("time zone of site %s: %w", id, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sites[id] = known
	return known, nil
}

// routing finds a frozen revision.
func (p *plants) routing(ctx context.Context, product, revision string) (mes.Routing, error) {
	key := routingKey{product, revision}
	p.mu.Lock()
	known, ok := p.routings[key]
	p.mu.Unlock()
	if ok {
		return known, nil
	}
	v, err := p.port.Routing(ctx, product, revision)
	if err != nil {
		return mes.Routing{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.routings[key] = v.Routing
	return v.Routing, nil
}
