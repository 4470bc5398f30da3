package io.zigma.train.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Comma-separated values as in RFC 4180: fields may stand between quotation marks, and may then
 * hold commas, line ends and doubled quotation marks. Empty lines are passed over.
 */
final class CsvRows {

    private static final char QUOTE = '"';

    private final String text;
    private final List<Row> rows = new ArrayList<>();
    private List<String> fields = new ArrayList<>();
    private int at;
    private int line = 1;
    private int firstLine = 1;

    /**
     * A row.
     *
     * @param line where it begins, from 1 on
     * @param fields in their order
     */
    record Row(int line, List<String> fields) {

        Row {
            fields = List.copyOf(fields);
        }
    }

    private CsvRows(String text) {
        this.text = text;
    }

    /**
     * Divides a text.
     *
     * @throws IllegalArgumentException with the line, if a quotation mark is never closed
     */
    static List<Row> of(String text) {
        CsvRows rows = new CsvRows(text);
        while (rows.at < text.length()) {
            rows.readField();
        }
        rows.endRow();
        return List.copyOf(rows.rows);
    }

    private void readField() {
        StringBuilder field = new StringBuilder();
        if (text.charAt(at) == QUOTE) {
            at++;
            readQuoted(field);
        }
        while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
            field.append(text.charAt(at++));
        }
        fields.add(field.toString());
        if (at == text.length()) {
            return;
        }
        char end = text.charAt(at++);
        if (end == ',') {
            if (at == text.length()) {
                fields.add("");
            }
            return;
        }
        if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
            at++;
        }
        line++;
        endRow();
    }

    private void readQuoted(StringBuilder field) {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != QUOTE) {
                line += c == '\n' ? 1 : 0;
                field.append(c);
            } else if (at < text.length() && text.charAt(at) == QUOTE) {
                at++;
                field.append(QUOTE);
            } else {
                return;
            }
        }
        throw new IllegalArgumentException(
                String.format(Locale.ROOT, "line %d: a quotation mark is never closed", firstLine));
    }

    private void endRow() {
        if (fields.size() > 1 || fields.size() == 1 && !fields.get(0).isBlank()) {
            rows.add(new Row(firstLine, fields));
        }
        fields = new ArrayList<>();
        firstLine = line;
    }
}
