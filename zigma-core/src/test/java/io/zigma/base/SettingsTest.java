package io.zigma.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final Setting ETA = Setting.number("eta", "how much", 0.5, 0, 1);
    private static final Setting ORDER = Setting.whole("order", "of what", 2, 1, 3);
    private static final Setting FORM =
            Setting.choice("form", "which", "plain", List.of("plain", "taylor"));
    private static final Setting CLIP = Setting.flag("clip", "whether", false);
    private static final List<Setting> ALL = List.of(ETA, ORDER, FORM, CLIP);

    @Test
    void whatIsNotGivenHasItsDefault() {
        Settings values = of(Map.of());
        assertThat(values.number(ETA)).isEqualTo(0.5);
        assertThat(values.whole(ORDER)).isEqualTo(2);
        assertThat(values.text(FORM)).isEqualTo("plain");
        assertThat(values.flag(CLIP)).isFalse();
        assertThat(values.given()).isEmpty();
        assertThat(values.all()).hasSize(4);
    }

    @Test
    void whatIsGivenIsReadAndSpelledInOneWay() {
        Settings values = of(Map.of("clip", "TRUE", "eta", "1.0", "form", "Taylor", "order", "3"));
        assertThat(values.given())
                .containsExactly(
                        Map.entry("eta", "1"),
                        Map.entry("order", "3"),
                        Map.entry("form", "taylor"),
                        Map.entry("clip", "true"));
        assertThat(values).hasToString("eta=1 order=3 form=taylor clip=true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "eta   | 1.5   | it: eta must be a number from 0 to 1, not '1.5'",
                "eta   | NaN   | it: eta must be a number from 0 to 1, not 'NaN'",
                "eta   | much  | it: eta must be a number from 0 to 1, not 'much'",
                "order | 4     | it: order must be a whole number from 1 to 3, not '4'",
                "order | 2.5   | it: order must be a whole number from 1 to 3, not '2.5'",
                "form  | round | it: form must be one of plain, taylor, not 'round'",
                "clip  | yes   | it: clip must be one of true, false, not 'yes'",
                "orde  | 1     | it has no option 'orde' (did you mean 'order'?); choose from eta, order, form, clip",
                "size  | 1     | it has no option 'size'; choose from eta, order, form, clip"
            })
    void whatIsWrongIsAnsweredWithWhatIsRight(String name, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of(name, value)))
                .withMessage(message);
    }

    @Test
    void aNameThatComesTwiceHasItsLastValue() {
        assertThat(Settings.split(List.of("eta=0", "form=a=b", "eta= 1")))
                .containsExactly(Map.entry("eta", "1"), Map.entry("form", "a=b"));
    }

    private static Settings of(Map<String, String> given) {
        return Settings.of("it", ALL, given);
    }
}
