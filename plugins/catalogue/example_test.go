package catalogue_test

import (
	"fmt"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/view"
	"github.com/cardea-auth/cardea/plugins/catalogue"
)

func ExampleOf() {
	type sale struct{ Price int64 }
	sold := hooks.NewFilter[sale]("item-sold").WithView(view.New[sale](
		view.NumberVar("price", func(s *sale) int64 { return s.Price }, func(s *sale, n int64) { s.Price = n }),
	))
	points, err := catalogue.Of([]hooks.Point{sold})
	for _, k := range points[0].Keys {
		fmt.Println(points[0].Name, k.Name, k.Type, k.Write, err)
	}
	// Output: item-sold price int true <nil>
}
