// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a file is, as its content tells; where several formats look alike, its name decides.
public enum FileFormat: String, Sendable, CaseIterable {
    /// Text without mark-up, or of an unknown kind.
    case text
    case markdown
    /// A program's source, or another file that machines read.
    case code
    /// Rows of fields: CSV, TSV.
    case table
    case json
    case html
    case notebook
    case docx
    case epub
    case pdf

    /// Whether the text is the file's, line for line.
    public var isVerbatim: Bool {
        switch self {
        case .text, .markdown, .code, .table, .json: true
        case .html, .notebook, .docx, .epub, .pdf: false
        }
    }

    /// Guesses the format of text from a file's name.
    init(textNamed name: String) {
        let file = (name.split(separator: "/").last ?? "").lowercased()
        let suffix = file.contains(".") ? file.split(separator: ".").last.map(String.init) ?? "" : ""
        self =
            switch suffix {
            case "md", "markdown", "mdown", "rmd": .markdown
            case "csv", "tsv", "psv": .table
            case "json", "jsonl", "ndjson", "geojson": .json
            case "html", "htm", "xhtml": .html
            case "ipynb": .notebook
            case let suffix where Self.codeSuffixes.contains(suffix): .code
            default: Self.codeNames.contains(file) ? .code : .text
            }
    }

    // Lists, because every command looks here and a set would be its first (docs/architecture.md).
    private static let codeNames = [
        "makefile", "gnumakefile", "dockerfile", "containerfile", "cmakelists.txt", "jenkinsfile", "rakefile",
        "gemfile",
        "procfile", "build", "build.bazel", "workspace", "go.mod", "go.sum", ".gitignore", ".gitattributes",
        ".editorconfig", ".swift-format", ".clang-format",
    ]

    private static let codeSuffixes = [
        "asm", "bash", "bat", "c", "cc", "cfg", "clj", "cljs", "cmake", "cpp", "cs", "css", "cu", "cuh", "cxx", "dart",
        "diff", "erl", "ex", "exs", "f90", "fish", "fs", "go", "gradle", "groovy", "h", "hh", "hpp", "hs", "hxx", "ini",
        "java", "jl", "js", "jsx", "kt", "kts", "less", "lisp", "lua", "m", "mjs", "mk", "ml", "mli", "mm", "modulemap",
        "nim", "nix", "patch", "php", "pl", "pm", "proto", "ps1", "py", "pyi", "r", "rb", "rs", "s", "sass", "scala",
        "scss", "sh", "sol", "sql", "svelte", "swift", "tcl", "tf", "toml", "ts", "tsx", "v", "vb", "vhd", "vhdl",
        "vue",
        "xml", "yaml", "yml", "zig", "zsh",
    ]
}
