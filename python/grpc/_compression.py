# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
from grpc._api import Compression

NoCompression = Compression.NoCompression
Deflate = Compression.Deflate
Gzip = Compression.Gzip
