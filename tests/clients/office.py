"""Reads a workbook or a document for word processors as programs of others do, and prints what it
finds in it as JSON:

- of a workbook `title`, `subject`, `formulas` (how many cells are worked out), and `sheets`, each
  with its `name`, its `rows` (of texts and numbers), `is_rtl`, `header`, `footer`, `frozen` and
  `quoted`, the texts that are marked as quoted;
- of a document `title`, `subject`, `language`, `headings` (level and text), `paragraphs`, `tables`,
  each with its `rows` (of texts), `heads` (how many rows are heads) and `is_rtl`, and what stands in
  `header` and `footer`.
"""

import json
import sys

import docx
import openpyxl
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph


def sheet(of):
    rows = [list(row) for row in of.iter_rows(values_only=True)]
    cells = [cell for row in of.iter_rows() for cell in row if cell.value is not None]
    return {
        "name": of.title,
        "rows": rows,
        "is_rtl": bool(of.sheet_view.rightToLeft),
        "header": of.oddHeader.center.text,
        "footer": of.oddFooter.left.text,
        "frozen": of.freeze_panes,
        "quoted": [cell.value for cell in cells if cell.quotePrefix],
    }


def workbook(path):
    book = openpyxl.load_workbook(path)
    cells = [cell for of in book.worksheets for row in of.iter_rows() for cell in row]
    return {
        "title": book.properties.title,
        "subject": book.properties.subject,
        "formulas": sum(cell.data_type == "f" for cell in cells),
        "sheets": [sheet(of) for of in book.worksheets],
    }


def texts(cell):
    return "\n".join(Paragraph(p, None).text for p in cell.p_lst)


def table(of):
    rows = of._tbl.tr_lst
    heads = [row for row in rows if row.find(qn("w:trPr") + "/" + qn("w:tblHeader")) is not None]
    return {
        "rows": [[texts(cell) for cell in row.tc_lst] for row in rows],
        "heads": len(heads),
        "is_rtl": of._tbl.tblPr.find(qn("w:bidiVisual")) is not None,
    }


def document(path):
    book = docx.Document(path)
    section = book.sections[0]
    heads = [p for p in book.paragraphs if p.style.name.startswith("Heading ")]
    return {
        "title": book.core_properties.title,
        "subject": book.core_properties.subject,
        "language": book.core_properties.language,
        "headings": [[int(p.style.name.split()[1]), p.text] for p in heads],
        "paragraphs": [p.text for p in book.paragraphs],
        "tables": [table(of) for of in book.tables],
        "header": [p.text for p in section.header.paragraphs],
        "footer": [p.text for p in section.footer.paragraphs],
    }


path = sys.argv[1]
json.dump(workbook(path) if path.endswith(".xlsx") else document(path), sys.stdout)
