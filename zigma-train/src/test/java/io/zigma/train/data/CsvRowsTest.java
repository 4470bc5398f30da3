package io.zigma.train.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.zigma.train.data.CsvRows.Row;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CsvRowsTest {

    @Property(tries = 200)
    void whateverStandsBetweenQuotationMarksComesBack(
            @ForAll @Size(min = 1, max = 4)
                    List<
                                    @Size(min = 2, max = 3) List<
                                            @Chars({'"', ',', '\n', ' ', ';'})
                                            @CharRange(from = 'a', to = 'e') String>>
                            table) {
        String text =
                table.stream()
                        .map(
                                row ->
                                        row.stream()
                                                .map(f -> '"' + f.replace("\"", "\"\"") + '"')
                                                .collect(Collectors.joining(",")))
                        .collect(Collectors.joining("\r\n"));
        assertThat(CsvRows.of(text)).extracting(Row::fields).isEqualTo(table);
    }

    @Test
    void emptyFieldsCountAndEmptyLinesDoNot() {
        assertThat(CsvRows.of("a,,b\n\n,\nc,d,"))
                .containsExactly(
                        new Row(1, List.of("a", "", "b")),
                        new Row(3, List.of("", "")),
                        new Row(4, List.of("c", "d", "")));
    }

    @Test
    void aRowHasTheNumberOfItsFirstLine() {
        assertThat(CsvRows.of("\"a\nb\",c\r\nd,e"))
                .containsExactly(new Row(1, List.of("a\nb", "c")), new Row(3, List.of("d", "e")));
    }

    @Test
    void nothingHasNoRows() {
        assertThat(CsvRows.of("")).isEmpty();
    }
}
