// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Small PDF files, without the table of offsets, which readers do without.
package enum TestPDF {
    /// One square page of so many points a side with a picture and no text.
    package static func picture(side: String) -> String {
        """
        %PDF-1.4
        1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
        2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
        3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 \(side) \(side)] /Contents 4 0 R
          /Resources << /XObject << /I 5 0 R >> >> >> endobj
        4 0 obj << /Length 28 >> stream
        q 100 0 0 100 0 0 cm /I Do Q
        endstream endobj
        5 0 obj << /Type /XObject /Subtype /Image /Width 400 /Height 400 /ColorSpace /DeviceGray /BitsPerComponent 8
          /Length 1 >> stream
        A
        endstream endobj
        trailer << /Size 6 /Root 1 0 R >>
        %%EOF

        """
    }
}
