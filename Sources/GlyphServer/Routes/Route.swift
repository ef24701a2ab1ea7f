// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import HTTPTypes

/// The paths of the service; `openapi.json` describes the same.
enum Route: String, CaseIterable {
    case page = "/"
    case contract = "/openapi.json"
    case health = "/health"
    case metrics = "/metrics"
    case models = "/v1/models"
    case model = "/v1/models/{model}"
    case options = "/v1/options"
    case count = "/v1/count"
    case render = "/v1/render"
    case ask = "/v1/ask"
    case chat = "/v1/chat/completions"
    case files = "/v1/files"
    case file = "/v1/files/{file_id}"
    case fileContent = "/v1/files/{file_id}/content"
    case jobs = "/v1/jobs"
    case job = "/v1/jobs/{job_id}"
    case jobPages = "/v1/jobs/{job_id}/pages"
    case jobCancel = "/v1/jobs/{job_id}/cancel"
    case jobResume = "/v1/jobs/{job_id}/resume"
    case templates = "/v1/templates"
    case template = "/v1/templates/{name}"

    var methods: [HTTPRequest.Method] {
        switch self {
        case .page, .contract, .health, .metrics, .models, .model, .options, .fileContent, .jobPages, .templates:
            [.get]
        case .count, .render, .ask, .chat, .jobCancel, .jobResume: [.post]
        case .files, .jobs: [.get, .post]
        case .file, .job: [.get, .delete]
        case .template: [.get, .put, .delete]
        }
    }

    /// Whether the name at its end may have slashes, as models of Hugging Face do and clients leave them.
    private var takesRest: Bool { self == .model }

    /// What may be had without a token: the page that asks for it, what the service can do, and whether it lives.
    var isOpen: Bool { self == .page || self == .health || self == .contract }

    /// The route of a path, and what stands in the path's place for a name.
    ///
    /// - Parameter path: The path without its query.
    /// - Returns: Both, the name without its escapes; nil for a path that leads nowhere.
    static func find(_ path: String) -> (route: Route, name: String)? {
        for route in allCases {
            let pattern = route.rawValue.split(separator: "/", omittingEmptySubsequences: false)
            let splits = route.takesRest ? pattern.count - 1 : Int.max
            let parts = path.split(separator: "/", maxSplits: splits, omittingEmptySubsequences: false)
            guard pattern.count == parts.count else { continue }
            var name = ""
            let fits = zip(pattern, parts).allSatisfy { pattern, part in
                guard pattern.hasPrefix("{") else { return pattern == part }
                name = part.removingPercentEncoding ?? (route.takesRest ? String(part) : "")
                return !name.isEmpty
            }
            if fits { return (route, name) }
        }
        return nil
    }
}
