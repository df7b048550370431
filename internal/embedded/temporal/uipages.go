//go:build !slim

package temporal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/temporalio/ui-server/v2/ui"
)

var (
	policyTag    = regexp.MustCompile(`(?i)<meta[^>]*http-equiv\s*=\s*["']content-security-policy["'][^>]*>`)
	inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
)

// setPages serves the UI's files, and its one HTML page for every other path: the UI routes in the browser.
//
// The UI module's own routes would do the same but switch the page's content security policy off as soon as there is a
// public path, because the policy names the hash of a script that the path changes. Here the hash is computed again.
func setPages(e *echo.Echo, publicPath string) error {
	assets, err := ui.Assets()
	if err != nil {
		return err
	}
	pages, err := fs.Sub(assets, "local")
	if err != nil {
		return err
	}
	source, err := fs.ReadFile(pages, "index.html")
	if err != nil {
		return err
	}
	index, policy, err := indexPage(source, publicPath)
	if err != nil {
		return err
	}
	files := http.FileServerFS(pages)
	e.GET("/*", func(c echo.Context) error {
		path := strings.TrimPrefix(c.Request().URL.Path, "/")
		if info, err := fs.Stat(pages, path); err != nil || info.IsDir() || path == "index.html" {
			c.Response().Header().Set(echo.HeaderContentSecurityPolicy, policy)
			return c.HTMLBlob(http.StatusOK, index)
		}
		if strings.HasPrefix(path, "_app/immutable/") { // named by their content
			c.Response().Header().Set(echo.HeaderCacheControl, "private, max-age=31536000, immutable")
		}
		files.ServeHTTP(c.Response(), c.Request())
		return nil
	})
	return nil
}

// indexPage moves the UI's page to the public path and makes the policy that allows its one inline script, what that
// script loads, and no connection to another place. It fails when a new version of the UI looks different inside.
func indexPage(source []byte, publicPath string) (page []byte, policy string, err error) {
	for from, to := range map[string]string{
		`base: ""`: fmt.Sprintf("base: %q", publicPath),
		`"/_app/`:  fmt.Sprintf(`"%s/_app/`, publicPath),
	} {
		if !bytes.Contains(source, []byte(from)) {
			return nil, "", fmt.Errorf("its page has no %s", from)
		}
		source = bytes.ReplaceAll(source, []byte(from), []byte(to))
	}
	scripts := inlineScript.FindAllSubmatch(source, -1)
	if len(scripts) != 1 {
		return nil, "", errors.New("its page has not exactly one inline script")
	}
	sum := sha256.Sum256(scripts[0][1])
	policy = "script-src 'strict-dynamic' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; connect-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
	return policyTag.ReplaceAll(source, nil), policy, nil
}
