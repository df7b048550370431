package opcua

import (
	"crypto/rsa"
	"sync"

	"github.com/steelthread/steelthread/devices/opcua/pki"
)

// identity is this application's own certificate, kept on disk because servers trust it by name.
type identity struct {
	dir, uri string
	mu       sync.Mutex
	cert     []byte
	key      *rsa.PrivateKey
}

func newIdentity(o Options) *identity {
	uri := o.ApplicationURI
	if uri == "" {
		uri = "urn:steelthread:mes"
	}
	return &identity{dir: o.PKIDir, uri: uri}
}

// load gives the certificate in DER and its key. Servers on first contact are the only ones that need it, so it is not
// read before.
func (i *identity) load() ([]byte, *rsa.PrivateKey, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cert != nil {
		return i.cert, i.key, nil
	}
	cert, key, err := pki.Load(i.dir, "Steelthread MES", i.uri)
	if err == nil {
		i.cert, i.key = cert, key
	}
	return cert, key, err
}
