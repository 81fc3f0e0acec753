// SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
//! prost with generated code; what timing.h says of arguments and lines holds here too.
use prost::Message;
use std::hint::black_box;

mod bench {
    include!(concat!(env!("OUT_DIR"), "/bench.rs"));
}

fn cpu_s() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
}

/// alloc.c's functions, where it is preloaded.
fn preloaded(name: &std::ffi::CStr) -> Option<*mut libc::c_void> {
    let p = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!p.is_null()).then_some(p)
}

fn count(run: &mut dyn FnMut()) -> (u64, u64) {
    let (mut n, mut peak) = (0u64, 0u64);
    run();
    if let (Some(begin), Some(end)) = (preloaded(c"bench_alloc_begin"), preloaded(c"bench_alloc_end")) {
        let begin: extern "C" fn() = unsafe { std::mem::transmute(begin) };
        let end: extern "C" fn(*mut u64, *mut u64) = unsafe { std::mem::transmute(end) };
        begin();
        run();
        end(&mut n, &mut peak);
    }
    (n, peak)
}

struct Bench {
    dir: String,
    seconds: f64,
    only: Option<String>,
}

impl Bench {
    fn measure(&self, set: &str, op: &str, run: &mut dyn FnMut()) {
        if self.seconds == 0.0 {
            let (n, peak) = count(run);
            println!("prost {set} {op} {n} {peak}");
            return;
        }
        let mut n = 1u64;
        let took = loop {
            let start = cpu_s();
            (0..n).for_each(|_| run());
            let took = cpu_s() - start;
            if took >= self.seconds / 10.0 {
                break took;
            }
            n *= 2;
        };
        n = (n as f64 * self.seconds / took) as u64 + 1;
        let start = cpu_s();
        (0..n).for_each(|_| run());
        println!("prost {set} {op} {:.2}", (cpu_s() - start) / n as f64 * 1e9);
    }

    fn run<M: Message + Default>(&self, set: &str) {
        if self.only.as_deref().is_some_and(|only| only != set) {
            return;
        }
        let wire = std::fs::read(format!("{}/{set}.bin", self.dir)).expect("data set");
        let msg = M::decode(&wire[..]).expect("decode");
        self.measure(set, "decode", &mut || {
            black_box(M::decode(black_box(&wire[..])).expect("decode"));
        });
        let mut out = Vec::new();
        self.measure(set, "encode", &mut || {
            out.clear();
            black_box(&msg).encode(&mut out).expect("encode");
            black_box(&out);
        });
        self.measure(set, "size", &mut || {
            black_box(black_box(&msg).encoded_len());
        });
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let b = Bench { dir: args[1].clone(), seconds: args[2].parse().expect("SECONDS"), only: args.get(3).cloned() };
    b.run::<bench::Hello>("greeting");
    b.run::<prost_types::FileDescriptorProto>("descriptor");
    b.run::<bench::Batch>("telemetry");
    b.run::<bench::Strings>("strings");
    b.run::<bench::Packed>("packed");
    b.run::<bench::Chains>("nested");
    b.run::<bench::Maps>("maps");
}
