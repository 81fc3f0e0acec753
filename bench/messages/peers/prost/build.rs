// SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
fn main() {
    let protos = ["../../telemetry.proto", "../../shapes.proto"];
    prost_build::compile_protos(&protos, &["../.."]).expect("protoc");
}
