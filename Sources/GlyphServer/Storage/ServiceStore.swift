// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Dispatch
import Foundation
import GRDB
import GlyphHTTP
import GlyphPage

/// What the service keeps: uploads, jobs with their answers, and templates.
///
/// Rows are in SQLite, contents beside it under their digests. A content has its name on the disk before the row that
/// names it is written, and loses it after that row is gone, both in the database's own queue; a kill in between leaves
/// at most a file without a row, which the next start removes.
///
/// Work here is not cancelled with the task that asks for it: that a client has left is just what may have to be written.
package final class ServiceStore: Sendable {
    let limits: ServiceLimits
    private let blobs: BlobFolder
    private let database: DatabaseQueue
    /// Held for as long as the store lives; the system lets go of it when the process ends, however it ends.
    private let lock: FileLock
    private let disk = DispatchQueue(label: "glyph.disk")

    /// Opens the store in a folder, which is made if it is not there.
    ///
    /// Jobs that were running when the service last ended are marked as interrupted.
    ///
    /// - Throws: `InputError` if the folder cannot be used, or another service uses it.
    package convenience init(folder: String, limits: ServiceLimits = ServiceLimits()) throws {
        try self.init(folder: folder, limits: limits, busySeconds: 5)
    }

    init(folder: String, limits: ServiceLimits, busySeconds: Double) throws {
        self.limits = limits
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            lock = try Self.locked("\(folder)/lock")
            blobs = try BlobFolder("\(folder)/content")
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.busyMode = .timeout(busySeconds)
            // A row that says "done" must survive the machine's own end, too.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            // SQLite gives its other files the permissions of this one.
            close(open("\(folder)/service.sqlite", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600))
            database = try DatabaseQueue(path: "\(folder)/service.sqlite", configuration: configuration)
            try Self.migrations.migrate(database)
            let kept = try database.write { db in
                try db.execute(
                    sql: "UPDATE jobs SET state = 'interrupted', ended = ? WHERE state = 'running'",
                    arguments: [Self.now]
                )
                return try String.fetchSet(db, sql: "SELECT sha256 FROM blobs")
            }
            blobs.sweep(keeping: kept)
        } catch let fault as InputError {
            throw fault
        } catch {
            throw InputError(
                at: folder,
                "the service cannot keep anything there: \(DiskFault.words(of: error))",
                expected: "a folder that can be written to",
                remedy: "Name another one with --data"
            )
        }
    }

    /// Where things are kept if nothing else is said: `glyph` in the folder that XDG names for data.
    ///
    /// - Parameter environment: The process's environment.
    /// - Returns: The folder's path; nil where there is no home.
    package static func defaultFolder(environment: [String: String]) -> String? {
        if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return "\(base)/glyph" }
        return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.local/share/glyph" : nil }
    }

    private static var migrations: DatabaseMigrator {
        var migrations = DatabaseMigrator()
        migrations.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
                    CREATE TABLE files (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
                        expires INTEGER NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL, bytes INTEGER NOT NULL,
                        sha256 TEXT NOT NULL REFERENCES blobs
                    ) STRICT;
                    CREATE INDEX files_by_content ON files (sha256);
                    CREATE TABLE jobs (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
                        started INTEGER, ended INTEGER, state TEXT NOT NULL, name TEXT NOT NULL, question TEXT NOT NULL,
                        attempts INTEGER NOT NULL, result BLOB, error BLOB, sha256 TEXT NOT NULL REFERENCES blobs
                    ) STRICT;
                    CREATE INDEX jobs_by_content ON jobs (sha256);
                    CREATE INDEX jobs_by_state ON jobs (state, number);
                    CREATE TABLE templates (
                        name TEXT PRIMARY KEY, updated INTEGER NOT NULL, settings BLOB NOT NULL
                    ) STRICT;
                    """
            )
        }
        return migrations
    }

    /// Keeps a second service out of a folder by a file in it.
    private static func locked(_ path: String) throws -> FileLock {
        do {
            return try FileLock(path, permissions: 0o600)
        } catch FileLock.Fault.isHeld {
            throw InputError(
                at: path,
                "another service keeps its things there",
                remedy: "Stop it, or name another folder with --data"
            )
        } catch FileLock.Fault.cannotOpen(let number) {
            throw DiskFault(number: number, doing: "open \(path)")
        }
    }

    // MARK: - Work

    /// Seconds since 1970, as rows and OpenAI's objects have it.
    static var now: Int { Int(Date.now.timeIntervalSince1970) }

    /// Does work in one transaction.
    ///
    /// - Throws: `DatabaseError`, and what the work throws; then nothing has changed.
    func transaction<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            database.asyncWriteWithoutTransaction { db in
                continuation.resume(
                    with: Result {
                        var value: Value?
                        try db.inTransaction(.immediate) {
                            value = try work(db)
                            return .commit
                        }
                        guard let value else { throw CancellationError() }
                        return value
                    }
                )
            }
        }
    }

    private func onDisk<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            disk.async { continuation.resume(with: Result { try work() }) }
        }
    }

    /// Keeps a content, and the row that names it.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - row: Writes the row, given the digest.
    /// - Returns: What `row` returns.
    /// - Throws: `ServerFault` with status 413 beyond the budget, `DiskFault`, `DatabaseError`.
    func keep<Row: Sendable>(
        _ bytes: [UInt8],
        _ row: @escaping @Sendable (Database, _ digest: String) throws -> Row
    ) async throws -> Row {
        try await forgetExpired()
        let digest = try await onDisk { Digest.sha256(bytes) }
        // What is there already takes no room.
        if !(try await transaction { try Self.hasBlob(digest, $0) }) { try await makeRoom(for: bytes.count) }
        let blobs = blobs
        let staged = try await onDisk { try blobs.stage(bytes) }
        do {
            return try await transaction { [limits] db in
                if !(try Self.hasBlob(digest, db)) {
                    let sum = try Int.fetchOne(db, sql: "SELECT TOTAL(bytes) FROM blobs") ?? 0
                    guard sum + bytes.count <= limits.keptBytes else { throw Self.overBudget(sum, limits) }
                    try db.execute(sql: "INSERT INTO blobs VALUES (?, ?)", arguments: [digest, bytes.count])
                }
                let row = try row(db, digest)
                // Even where the content is there already: a damaged file becomes whole again.
                try blobs.publish(staged, digest: digest)
                return row
            }
        } catch {
            blobs.discard(staged)
            throw error
        }
    }

    private static func hasBlob(_ digest: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT 1 FROM blobs WHERE sha256 = ?", arguments: [digest]) != nil
    }

    /// Forgets the oldest jobs that have ended until a content fits, if that helps; an upload is never forgotten early.
    private func makeRoom(for size: Int) async throws {
        let active = "SELECT sha256 FROM files UNION SELECT sha256 FROM jobs WHERE state IN ('queued', 'running')"
        while true {
            let hasForgotten = try await transaction { [limits] db in
                let sum = try Int.fetchOne(db, sql: "SELECT TOTAL(bytes) FROM blobs") ?? 0
                let kept = "SELECT TOTAL(bytes) FROM blobs WHERE sha256 IN (\(active))"
                guard sum + size > limits.keptBytes,
                    (try Int.fetchOne(db, sql: kept) ?? 0) + size <= limits.keptBytes
                else { return false }
                try db.execute(
                    sql: """
                        DELETE FROM jobs WHERE number = (SELECT number FROM jobs
                        WHERE state NOT IN ('queued', 'running') ORDER BY number LIMIT 1)
                        """
                )
                return db.changesCount > 0
            }
            guard hasForgotten else { return }
            try await dropUnused()
        }
    }

    private static func overBudget(_ sum: Int, _ limits: ServiceLimits) -> ServerFault {
        ServerFault(
            413,
            "\(sum) of \(limits.keptBytes) bytes are in use, which leaves too few; delete files or jobs",
            code: "storage_budget_exceeded"
        )
    }

    /// Reads a content that a row names.
    func content(_ digest: String) async throws -> [UInt8] {
        let blobs = blobs
        return try await onDisk { try blobs.read(digest) }
    }

    /// Removes contents that no row names any more.
    func dropUnused() async throws {
        let unused = "sha256 NOT IN (SELECT sha256 FROM files UNION ALL SELECT sha256 FROM jobs)"
        let digests = try await transaction { db in
            let digests = try String.fetchAll(db, sql: "SELECT sha256 FROM blobs WHERE \(unused)")
            if !digests.isEmpty { try db.execute(sql: "DELETE FROM blobs WHERE \(unused)") }
            return digests
        }
        guard !digests.isEmpty else { return }
        try await transaction { [blobs] db in
            // One may have come back meanwhile.
            let kept = try String.fetchSet(db, sql: "SELECT sha256 FROM blobs")
            for digest in digests where !kept.contains(digest) { blobs.remove(digest) }
        }
    }

    /// Forgets uploads and ended jobs whose time has come, and the oldest of too many jobs.
    func forgetExpired() async throws {
        let (now, oldest) = (Self.now, Self.now - limits.keptDays * 86_400)
        let isChanged = try await transaction { [limits] db in
            let before = db.totalChangesCount
            try db.execute(sql: "DELETE FROM files WHERE expires <= ?", arguments: [now])
            try db.execute(
                sql: "DELETE FROM jobs WHERE ended <= ? AND state NOT IN ('queued', 'running')",
                arguments: [oldest]
            )
            // One less than may be kept: whoever calls this is about to keep something.
            try db.execute(
                sql: """
                    DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND number <=
                    (SELECT number FROM jobs ORDER BY number DESC LIMIT 1 OFFSET ?)
                    """,
                arguments: [max(0, limits.keptJobs - 1)]
            )
            return db.totalChangesCount > before
        }
        if isChanged { try await dropUnused() }
    }

    /// An id that nobody can guess.
    static func newID(_ kind: String) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return "\(kind)-" + String((0..<24).map { _ in letters[Int.random(in: letters.indices)] })
    }
}
