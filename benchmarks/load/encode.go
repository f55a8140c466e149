package main

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/golang/snappy"
)

// The series that are written: as many as a small site has, of one metric.
const (
	seriesCount = 10_000
	batchSize   = 2_000
	groups      = 10
	shards      = seriesCount / batchSize
)

// shard is the labels of a batch of series, each as the fields of a TimeSeries (Prometheus: prompb/types.proto).
type shard [][]byte

// newShard makes the labels of a shard's series, sorted by name as the receiver demands.
func newShard(number int) shard {
	made := make(shard, batchSize)
	for i := range made {
		n := number*batchSize + i
		for _, label := range [][2]string{
			{"__name__", "bench_value"},
			{"group", fmt.Sprint(n % groups)},
			{"instance", fmt.Sprintf("10.1.%d.%d:8080", n/250, n%250)},
			{"job", "bench"},
			{"series", fmt.Sprint(n)},
		} {
			made[i] = appendField(made[i], 1, appendField(appendField(nil, 1, []byte(label[0])), 2, []byte(label[1])))
		}
	}
	return made
}

// encode makes the body of a remote-write 1.0 request with one sample of each series: protobuf in Snappy's block format.
func (s shard) encode(timestamp int64) []byte {
	var request, series []byte
	for i, labels := range s {
		sample := binary.LittleEndian.AppendUint64([]byte{1<<3 | 1}, math.Float64bits(float64(timestamp%1000)+float64(i)))
		sample = binary.AppendUvarint(append(sample, 2<<3), uint64(timestamp))
		series = appendField(append(series[:0], labels...), 2, sample)
		request = appendField(request, 1, series)
	}
	return snappy.Encode(nil, request)
}

// appendField appends a field of text, bytes or a message.
func appendField(to []byte, number byte, content []byte) []byte {
	return append(binary.AppendUvarint(append(to, number<<3|2), uint64(len(content))), content...)
}
