// Package image keeps the root file systems of container images on a node: pulled
// by digest, unpacked strictly, shared by all runs read-only, removed when the room
// is needed and nobody uses them.
//
//	<dir>/sha256-<hex>/rootfs       what runs see
//	<dir>/sha256-<hex>/image.json   written last; its time is that of the last use
//	<dir>/part-…                    on the way in; removed at start
//	<dir>/gone-…                    on the way out; removed at start
//
// A Runner runs programs in them. In which isolation classes each does is tried once its image is here (judge.go): only then
// does the image count as ready.
//
// A folder gets its final name in one rename, after everything in it is on disk. So
// what has the name is whole, whenever the machine stops.
package image
