// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is asked of a row of logits. A vocabulary has 150,000 entries and decoding waits for each answer, hence SIMD.
extension [Float] {
    /// The largest value.
    ///
    /// - Throws: `Sampler.BrokenLogits` if no value is a number above minus infinity.
    func maximum() throws -> Float {
        let best = withUnsafeBytes { bytes in
            var lanes = SIMD16<Float>(repeating: -.infinity)
            let whole = count / 16 * 16
            for start in stride(from: 0, to: whole, by: 16) {
                let values = bytes.loadUnaligned(fromByteOffset: start * 4, as: SIMD16<Float>.self)
                lanes.replace(with: values, where: values .> lanes)
            }
            var best = lanes.max()
            for index in whole..<count where self[index] > best { best = self[index] }
            return best
        }
        guard best > -.infinity, best < .infinity else { throw Sampler.BrokenLogits() }
        return best
    }

    /// The index of the largest value; the lowest of equals, as in the reference.
    func argmax() throws -> Int32 {
        let best = try maximum()
        return withUnsafeBytes { bytes in
            let wanted = SIMD16<Float>(repeating: best)
            var start = 0
            while start + 16 <= count {
                let values = bytes.loadUnaligned(fromByteOffset: start * 4, as: SIMD16<Float>.self)
                if any(values .== wanted) { break }
                start += 16
            }
            while self[start] != best { start += 1 }
            return Int32(start)
        }
    }

    /// The logarithm of the sum of exponentials.
    func logSumExp() throws -> Float {
        let best = try maximum()
        let sum = reduce(into: 0.0) { $0 += Double(exp($1 - best)) }
        guard sum.isFinite else { throw Sampler.BrokenLogits() }
        return best + Float(log(sum))
    }

    /// The indices of the `limit` largest values, largest first, the lower index first among equals.
    func largest(_ limit: Int) -> [Int32] {
        guard limit > 0 else { return [] }
        func precedes(_ a: Int32, _ b: Int32) -> Bool {
            let (x, y) = (self[Int(a)], self[Int(b)])
            return x > y || (x == y && a < b)
        }
        // Beyond a few hundred, keeping a sorted list costs more than sorting once.
        guard limit <= 256, limit < count else {
            return Array<Int32>((0..<Int32(count)).sorted(by: precedes).prefix(limit))
        }
        var kept: [Int32] = []
        var threshold = -Float.infinity
        for index in indices {
            let value = self[index]
            guard value > threshold || kept.count < limit else { continue }
            var low = 0
            var high = kept.count
            while low < high {
                let middle = (low + high) / 2
                if precedes(kept[middle], Int32(index)) { low = middle + 1 } else { high = middle }
            }
            kept.insert(Int32(index), at: low)
            if kept.count > limit { kept.removeLast() }
            if kept.count == limit, let last = kept.last { threshold = self[Int(last)] }
        }
        return kept
    }
}
