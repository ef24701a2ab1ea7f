// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// What an engine is told by its environment.
public enum EngineEnvironment {
    /// How its threads wait for each other, where the person has not said: some microseconds, and then asleep.
    ///
    /// Without it they spin for milliseconds. Two engines on two processors, or one beside anything else that computes,
    /// then wait for threads that wait for a processor, and take up to fifty times as long; threads that never spin take
    /// nearly twice as long when they are alone (docs/experiments/LOG.md, entry 47).
    private static let waiting = "GOMP_SPINCOUNT=1000"

    /// The variables of this process with what an engine needs.
    public static var variables: [String] { variables(of: ProcessInfo.processInfo.environment) }

    static func variables(of own: [String: String]) -> [String] {
        let isChosen = own["OMP_WAIT_POLICY"] != nil || own["GOMP_SPINCOUNT"] != nil
        return own.map { "\($0.key)=\($0.value)" } + (isChosen ? [] : [waiting])
    }
}
