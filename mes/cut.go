package mes

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // the two kinds of picture that are stored
	_ "image/png"
	"strings"
)

// Cut is a JSON body whose pictures were taken out. In their place stands "sha256:" with the hash of the picture, so that
// the body stays small enough to read and to keep, and what was sent can be put together again.
type Cut struct {
	Body     []byte
	Pictures map[string][]byte // by what stands in their place
}

const (
	cutMark = "sha256:"
	// cutFrom is the length from which a text is looked at: no picture worth its name is shorter in base64.
	cutFrom = 200
)

// CutPictures takes the pictures in base64 out of a JSON body, in one pass and before anything is decoded: a body is
// mostly picture. What is a picture is told by its first bytes, not by the name of its field, so that no picture of a
// kind that is not to be kept stays behind in the body. most bounds the size of one picture, in bytes; the error names
// what is larger.
func CutPictures(body []byte, most int) (Cut, error) {
	c := Cut{Pictures: map[string][]byte{}}
	var out bytes.Buffer
	kept := 0
	for at := 0; at < len(body); {
		open := bytes.IndexByte(body[at:], '"')
		if open < 0 {
			break
		}
		open += at + 1
		end := closingQuote(body, open)
		if end < 0 {
			break
		}
		at = end + 1
		if end-open < cutFrom {
			continue
		}
		picture, ok := pictureIn(body[open:end])
		if !ok {
			continue
		}
		if len(picture) > most {
			var f Faults
			f.Add("body", "holds a picture larger than %d MiB", most>>20)
			return Cut{}, f.Err("The body was not stored.")
		}
		mark := PictureMark(picture)
		c.Pictures[mark] = picture
		out.Write(body[kept:open])
		out.WriteString(mark)
		kept = end
	}
	out.Write(body[kept:])
	c.Body = out.Bytes()
	return c, nil
}

// PictureMark is what stands in place of a picture.
func PictureMark(picture []byte) string { return cutMark + PictureHash(picture) }

// PictureHash is the hash by which a picture is kept.
func PictureHash(picture []byte) string {
	sum := sha256.Sum256(picture)
	return hex.EncodeToString(sum[:])
}

// HashInMark gives the hash of the picture that a mark stands for.
func HashInMark(mark string) string { return strings.TrimPrefix(mark, cutMark) }

// closingQuote finds the end of the text that begins at from, -1 for one that does not end.
func closingQuote(b []byte, from int) int {
	for at := from; ; {
		i := bytes.IndexByte(b[at:], '"')
		if i < 0 {
			return -1
		}
		at += i
		slashes := 0
		for k := at - 1; k >= from && b[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return at
		}
		at++
	}
}

// pictureIn decodes a JSON text that is a picture in base64, also as a data URL and with escaped slashes.
func pictureIn(text []byte) ([]byte, bool) {
	if rest, ok := bytes.CutPrefix(text, []byte("data:")); ok {
		_, after, found := bytes.Cut(rest[:min(len(rest), 100)], []byte("base64,"))
		if !found {
			return nil, false
		}
		text = rest[len(rest[:min(len(rest), 100)])-len(after):]
	}
	var head [24]byte
	start := unslashed(text[:min(len(text), 64)])
	if n, _ := base64.StdEncoding.Decode(head[:], start[:min(len(start)/4*4, 32)]); n < 12 || !looksLikePicture(head[:n]) {
		return nil, false
	}
	text = unslashed(text)
	picture := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(picture, text)
	if err != nil {
		n, err = base64.RawStdEncoding.Decode(picture, text)
	}
	if err != nil {
		// The rest is kept as bytes all the same: a broken picture of a person is one, too.
		return bytes.Clone(text), true
	}
	return picture[:n], true
}

// unslashed undoes the escapes that JSON writers put into base64.
func unslashed(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	return []byte(strings.NewReplacer(`\/`, "/", `\n`, "", `\r`, "", `\u002b`, "+", `\u002B`, "+", `\u003d`, "=", `\u003D`, "=", `\u002f`, "/", `\u002F`, "/").Replace(string(text)))
}

// looksLikePicture knows the kinds of picture by their first bytes: those that are stored and those that are only taken out.
func looksLikePicture(head []byte) bool {
	for _, magic := range []string{"\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF8", "BM", "II*\x00", "MM\x00*"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return bytes.HasPrefix(head, []byte("RIFF")) && bytes.Equal(head[8:12], []byte("WEBP")) || bytes.Equal(head[4:8], []byte("ftyp"))
}

// Picture gives what a field of the body says: the picture that was cut out there, or one that was too short to be cut.
// An address is never fetched; it gives nothing and stays in the body.
func (c Cut) Picture(text string) ([]byte, error) {
	if text == "" || strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		return nil, nil
	}
	if p, ok := c.Pictures[text]; ok {
		return p, nil
	}
	if _, after, ok := strings.Cut(text, "base64,"); ok {
		text = after
	}
	p, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("is not base64")
	}
	return p, nil
}

// MaxPicture is the largest picture that is stored, in bytes.
const MaxPicture = 8 << 20

// ReadPicture finds a picture's type by its own bytes, and its size; what a sender calls it does not count. why says what
// is wrong with it.
func ReadPicture(picture []byte) (kind string, size Picture, why string) {
	if len(picture) > MaxPicture {
		return "", size, fmt.Sprintf("is larger than %d MiB", MaxPicture>>20)
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return "", size, "is neither a PNG nor a JPEG picture"
	}
	return "image/" + format, Picture{Width: c.Width, Height: c.Height}, ""
}
