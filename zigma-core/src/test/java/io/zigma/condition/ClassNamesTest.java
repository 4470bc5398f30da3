package io.zigma.condition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNamesTest {

    private static final String CAFE_COMPOSED = "caf\u00e9 cr\u00e8me";
    private static final String CAFE_OF_A_MAC = "cafe\u0301 cre\u0300me";

    @Test
    void lettersOfBothCasesAreClassesOfTheirOwn() {
        List<String> letters = List.of("A", "B", "a", "b");
        assertThat(ClassNames.find("a", letters)).hasValue(2);
        assertThat(ClassNames.find("A", letters)).hasValue(0);
        assertThat(ClassNames.numbers(List.of("b", "a", "B", "A"), letters))
                .hasValueSatisfying(numbers -> assertThat(numbers).containsExactly(3, 2, 1, 0));
    }

    @Test
    void namesThatDifferInWhatSeparatesTheirWordsAreClassesOfTheirOwn() {
        List<String> names = List.of("a-b", "a_b", "a b");
        assertThat(ClassNames.find("a_b", names)).hasValue(1);
        assertThat(ClassNames.find("A_b", names)).as("could be any of three").isEmpty();
        assertThat(ClassNames.meant("A_b", names)).containsExactly("a-b", "a_b", "a b");
    }

    @Test
    void aNameThatIsTheOnlyOneMayBeWrittenLeniently() {
        List<String> names = List.of("T-shirt", "Ankle boot");
        assertThat(ClassNames.find("ankle-BOOT", names)).hasValue(1);
        assertThat(ClassNames.find("t shirt", names)).hasValue(0);
        assertThat(ClassNames.find("tshirt", names)).isEmpty();
    }

    @Test
    void numbersArePositionsWhereNoNameIsANumber() {
        List<String> names = List.of("T-shirt", "Ankle boot");
        assertThat(ClassNames.find("1", names)).hasValue(1);
        assertThat(ClassNames.find("2", names)).isEmpty();
        assertThat(ClassNames.find("99999999999", names)).isEmpty();
    }

    @Test
    void whereNamesAreNumbersANumberIsNeverAPosition() {
        List<String> sorted = List.of("0", "1", "10", "11", "2");
        assertThat(ClassNames.find("3", sorted)).as("not the fourth, \"11\"").isEmpty();
        assertThat(ClassNames.find("10", sorted)).hasValue(2);
        List<String> oneToNine = IntStream.rangeClosed(1, 9).mapToObj(Integer::toString).toList();
        assertThat(ClassNames.find("0", oneToNine)).as("not the first, \"1\"").isEmpty();
        assertThat(ClassNames.find("9", oneToNine)).hasValue(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "-1", "+1", "2.5", "007", " 7 ", "\u0663"})
    void oneNameThatIsANumberIsEnoughForThat(String number) {
        assertThat(ClassNames.find("1", List.of("cat", number, "dog"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1st",
                "001.Black footed Albatross",
                "2024-01",
                "1e3",
                "0x10",
                ".5",
                "1_000",
                "50%",
                "\u22121",
                "\u00bd",
                "\u2163",
                "3d"
            })
    void aNameThatBeginsWithANumberIsEnoughToo(String name) {
        List<String> names = List.of("cat", name, "dog");
        assertThat(ClassNames.find("0", names)).isEmpty();
        assertThat(ClassNames.find(name, names)).hasValue(1);
        assertThat(ClassNames.haveNumbers(names)).isFalse();
    }

    @Test
    void aPositionThatIsAnotherClassesNumberIsNoneOfTheTwo() {
        List<String> fromOne = List.of("class_1", "class_2", "class 003");
        assertThat(ClassNames.find("1", fromOne)).as("class_1, or class_2 at 1").isEmpty();
        assertThat(ClassNames.numberedOtherwise("1", fromOne)).containsExactly("class_1");
        assertThat(ClassNames.find("0", fromOne)).hasValue(0);
        List<String> fromZero = List.of("digit0 v1", "digit1 v1", "digit2 v1");
        assertThat(ClassNames.find("0", fromZero)).hasValue(0);
        assertThat(ClassNames.find("1", fromZero)).hasValue(1);
        List<String> sorted = List.of("n0", "n1", "n10", "n2");
        assertThat(ClassNames.find("2", sorted)).as("n2, or n10 at 2").isEmpty();
        assertThat(ClassNames.find("1", List.of("n01440764", "n01443537"))).hasValue(1);
    }

    @Test
    void listsAreNeverMatchedByPosition() {
        assertThat(ClassNames.numbers(List.of("0", "1"), List.of("cat", "dog"))).isEmpty();
        List<String> zeroToNine = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        List<String> oneToNine = zeroToNine.subList(1, 10);
        assertThat(ClassNames.numbers(zeroToNine, oneToNine)).isEmpty();
        assertThat(ClassNames.matches(zeroToNine, oneToNine))
                .containsExactly(-1, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void noTwoClassesBecomeOne() {
        assertThat(ClassNames.matches(List.of("Cat", "cat"), List.of("cat")))
                .as("the exact name has it")
                .containsExactly(-1, 0);
        assertThat(ClassNames.matches(List.of("Cat", "CAT"), List.of("cat")))
                .as("neither has it")
                .containsExactly(-1, -1);
        assertThat(ClassNames.numbers(List.of("Cat", "cat"), List.of("cat", "dog"))).isEmpty();
    }

    @Test
    void theSameTextInAnotherUnicodeFormIsTheSameName() {
        assertThat(CAFE_COMPOSED).isNotEqualTo(CAFE_OF_A_MAC);
        assertThat(ClassNames.find(CAFE_COMPOSED, List.of("tea", CAFE_OF_A_MAC))).hasValue(1);
        assertThat(ClassNames.find(CAFE_OF_A_MAC, List.of("tea", CAFE_COMPOSED))).hasValue(1);
        assertThat(ClassNames.numbers(List.of(CAFE_OF_A_MAC), List.of(CAFE_COMPOSED))).isPresent();
    }

    @Test
    void theSameTextInAnotherFormIsNearerThanOneInAnotherCase() {
        assertThat(ClassNames.find("\u00e9", List.of("E\u0301", "e\u0301"))).hasValue(1);
    }

    @Test
    void aListShowsWhereANameWithACommaEnds() {
        assertThat(ClassNames.listed(List.of("\u03a9, two", "black & white", "\u732b")))
                .isEqualTo("\"\u03a9, two\", black & white, \u732b");
        assertThat(ClassNames.listed(IntStream.range(0, 256).mapToObj(i -> "c" + i).toList()))
                .startsWith("c0, c1, ")
                .endsWith("c19 … and 236 more");
    }

    @Property(tries = 300)
    void everyClassCanBeAskedForByItsOwnName(
            @ForAll @UniqueElements @Size(min = 1, max = 6)
                    List<@StringLength(min = 1, max = 3) @CharRange(from = '0', to = 'c') String>
                            names) {
        for (int i = 0; i < names.size(); i++) {
            assertThat(ClassNames.find(names.get(i), names)).isEqualTo(OptionalInt.of(i));
        }
        assertThat(ClassNames.matches(names, names))
                .containsExactly(IntStream.range(0, names.size()).toArray());
    }

    @Property(tries = 300)
    void noTwoClassesHaveTheSameMatch(
            @ForAll @UniqueElements @Size(max = 6)
                    List<@StringLength(min = 1, max = 2) @CharRange(from = 'A', to = 'b') String>
                            given,
            @ForAll @UniqueElements @Size(max = 6)
                    List<@StringLength(min = 1, max = 2) @CharRange(from = 'A', to = 'b') String>
                            names) {
        Set<Integer> taken = new HashSet<>();
        for (int position : ClassNames.matches(given, names)) {
            assertThat(position < 0 || taken.add(position)).as("%s in %s", given, names).isTrue();
        }
    }
}
