# A taste of Taipan: cargo run --release --bin taipan -- examples/hello.py
def primes(limit):
    return [n for n in range(2, limit) if all(n % d for d in range(2, int(n ** 0.5) + 1))]

match primes(30):
    case [first, *_, last]:
        print(f"from {first} to {last}: {len(primes(30))} primes")
