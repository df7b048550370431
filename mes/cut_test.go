package mes_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/steelthread/steelthread/mes"
)

// shot is a picture by its first bytes, of a size that is cut out.
func shot(head string, size int) []byte {
	return append([]byte(head), bytes.Repeat([]byte{7, 0, 251}, size/3)...)
}

func TestPicturesAreCutOut(t *testing.T) {
	jpeg, webp := shot("\xff\xd8\xff\xe0\x00\x10JFIF\x00", 900), shot("RIFF\x00\x00\x00\x00WEBPVP8 ", 900)
	body, err := json.Marshal(map[string]any{"a": base64.StdEncoding.EncodeToString(jpeg), "b": "data:image/webp;base64," + base64.StdEncoding.EncodeToString(webp),
		"c": strings.Repeat("no picture ", 100), "d": `a "quoted" \ text`, "e": base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("text"), 100))})
	if err != nil {
		t.Fatal(err)
	}
	escaped := bytes.ReplaceAll(body, []byte("/"), []byte(`\/`))
	for name, b := range map[string][]byte{"plain": body, "escaped": escaped} {
		c, err := mes.CutPictures(b, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(c.Body, &got); err != nil {
			t.Fatal(err)
		}
		for field, want := range map[string][]byte{"a": jpeg, "b": webp} {
			p, err := c.Picture(got[field])
			if err != nil || !bytes.Equal(p, want) || got[field] != mes.PictureMark(want) {
				t.Errorf("%s: %s is %.30q, %d bytes, %v", name, field, got[field], len(p), err)
			}
		}
		if len(c.Pictures) != 2 || len(got["c"]) != 1100 || got["d"] != `a "quoted" \ text` {
			t.Errorf("%s: %d pictures, %.200q", name, len(c.Pictures), c.Body)
		}
	}
	if _, err := mes.CutPictures(body, 500); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a picture over the bound: %v", err)
	}
}

// A broken picture of a person is one, too: it leaves the body even where it can't be decoded.
func TestABrokenPictureIsCutOut(t *testing.T) {
	broken := base64.StdEncoding.EncodeToString(shot("\xff\xd8\xff\xe0\x00\x10JFIF\x00", 900)) + "§§"
	c, err := mes.CutPictures([]byte(`{"image":"`+broken+`"}`), 1<<20)
	if err != nil || strings.Contains(string(c.Body), broken[:40]) {
		t.Errorf("%.100q %v", c.Body, err)
	}
}

// An address is never fetched, and names no picture.
func TestAnAddressIsNoPicture(t *testing.T) {
	for _, at := range []string{"", "http://169.254.169.254/latest", "https://example.org/a.png"} {
		if p, err := (mes.Cut{}).Picture(at); p != nil || err != nil {
			t.Errorf("%q gives %d bytes, %v", at, len(p), err)
		}
	}
}

func TestCuttingKeepsEveryOtherValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := rapid.MapOf(rapid.String(), rapid.OneOf(rapid.String(), rapid.StringN(200, 400, -1))).Draw(t, "document")
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		c, err := mes.CutPictures(b, 1<<20)
		if err != nil || !bytes.Equal(c.Body, b) {
			t.Fatalf("changed: %q %v", c.Body, err)
		}
	})
}
