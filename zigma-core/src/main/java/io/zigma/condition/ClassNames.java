package io.zigma.condition;

import java.math.BigInteger;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds classes by their names.
 *
 * <p>The exact name wins. Where there is none, a name that is the same text in another Unicode form
 * is meant (a Mac writes {@code é} as two characters), and then one that differs in case or in
 * spaces, hyphens and underscores between its words; but only if it is the only one: {@code A} and
 * {@code a} are two classes of handwritten letters. Two lists are matched by name alone, never by
 * the places of their names.
 */
public final class ClassNames {

    /** With this many classes or fewer a message lists them all. */
    private static final int FEW = 20;

    // digits of any script; a sign or a fraction makes it no less a number
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\p{Nd}+([.,]\\p{Nd}+)?");
    private static final Pattern BEGINS_WITH_NUMBER =
            Pattern.compile("[+\\-\\u2212]?[.,]?\\p{N}.*", Pattern.DOTALL);
    private static final Pattern DIGITS = Pattern.compile("\\p{Nd}+");
    private static final Pattern POSITION = Pattern.compile("0|[1-9][0-9]{0,8}");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s_-]+");
    private static final Pattern NEEDS_QUOTES = Pattern.compile(".*[,;\"].*|\\s.*|.*\\s|");

    private ClassNames() {}

    /**
     * Returns a class's position in a list of names.
     *
     * @param given its name, exactly or as the only one that differs from it in Unicode form, case,
     *     spaces, hyphens or underscores; or its position in decimal, where that can mean nothing
     *     else: no name begins with a number ({@code 1st}, {@code 001.Albatross}), and the number
     *     is not that of another name ({@code class_1} at position 0)
     * @param names the names of all classes in order
     * @return 0 … classes − 1, or nothing if there is no such class or several could be meant
     */
    public static OptionalInt find(String given, List<String> names) {
        OptionalInt byName = named(given, names);
        if (byName.isPresent() || !meant(given, names).isEmpty() || !haveNumbers(names)) {
            return byName;
        }
        OptionalInt position = position(given, names);
        return position.isPresent() && numberedOtherwise(given, names).isEmpty()
                ? position
                : OptionalInt.empty();
    }

    private static OptionalInt position(String given, List<String> names) {
        String digits = given.strip();
        return POSITION.matcher(digits).matches() && Integer.parseInt(digits) < names.size()
                ? OptionalInt.of(Integer.parseInt(digits))
                : OptionalInt.empty();
    }

    /**
     * Tells whether classes may be asked for by their positions.
     *
     * @param names the names of all classes
     * @return false if one begins with a number, which a position could be taken for
     */
    public static boolean haveNumbers(List<String> names) {
        return names.stream().noneMatch(name -> BEGINS_WITH_NUMBER.matcher(name.strip()).matches());
    }

    /**
     * Returns the names that have a number in them which is the position of another one.
     *
     * @param given a position
     * @param names the names of all classes
     * @return those with that number, which may be meant; none if the class at the position has the
     *     number itself, or there is no such position
     */
    public static List<String> numberedOtherwise(String given, List<String> names) {
        OptionalInt position = position(given, names);
        if (position.isEmpty() || hasNumber(names.get(position.getAsInt()), position.getAsInt())) {
            return List.of();
        }
        return names.stream().filter(name -> hasNumber(name, position.getAsInt())).toList();
    }

    private static boolean hasNumber(String name, int number) {
        return DIGITS.matcher(name)
                .results()
                .anyMatch(
                        digits ->
                                new BigInteger(digits.group()).equals(BigInteger.valueOf(number)));
    }

    /** Returns a class's position by its name alone. */
    private static OptionalInt named(String given, List<String> names) {
        int exact = names.indexOf(given);
        if (exact >= 0) {
            return OptionalInt.of(exact);
        }
        int[] meant = meant(given, names).stream().mapToInt(names::indexOf).toArray();
        return meant.length == 1 ? OptionalInt.of(meant[0]) : OptionalInt.empty();
    }

    /**
     * Returns the names that one which is not among them could mean.
     *
     * @param given a name or something like one
     * @param names the names of all classes
     * @return those that are the same text in another Unicode form, else those that differ in case,
     *     spaces, hyphens or underscores only; of several, none can be chosen
     */
    public static List<String> meant(String given, List<String> names) {
        List<String> sameText = same(given, names, ClassNames::composed);
        return sameText.isEmpty() ? same(given, names, ClassNames::simplified) : sameText;
    }

    private static List<String> same(String given, List<String> names, UnaryOperator<String> form) {
        String wanted = form.apply(given);
        return names.stream().filter(name -> form.apply(name).equals(wanted)).toList();
    }

    /**
     * Returns the classes of one list that classes of another are, by their names.
     *
     * <p>No class of the one is two of the other: exact names are matched first, and what is left
     * goes only to what is left.
     *
     * @param given names of some classes
     * @param names the names of the classes to search
     * @return each class's position among the others, −1 where it is not there
     */
    public static int[] matches(List<String> given, List<String> names) {
        int[] positions = new int[given.size()];
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < positions.length; i++) {
            positions[i] = names.indexOf(given.get(i));
            taken.add(positions[i]);
        }
        Set<Integer> claimed = new HashSet<>();
        Set<Integer> disputed = new HashSet<>();
        int[] lenient = new int[positions.length];
        for (int i = 0; i < positions.length; i++) {
            lenient[i] = positions[i] < 0 ? named(given.get(i), names).orElse(-1) : -1;
            if (lenient[i] >= 0 && !claimed.add(lenient[i])) {
                disputed.add(lenient[i]);
            }
        }
        for (int i = 0; i < positions.length; i++) {
            if (lenient[i] >= 0 && !taken.contains(lenient[i]) && !disputed.contains(lenient[i])) {
                positions[i] = lenient[i];
            }
        }
        return positions;
    }

    /**
     * Matches all classes of one list with classes of another, by their names.
     *
     * @param given names of some classes
     * @param names the names of the classes to search
     * @return each class's position among the others, all different; empty if there is no class or
     *     one is not there
     */
    public static Optional<int[]> numbers(List<String> given, List<String> names) {
        int[] positions = matches(given, names);
        return positions.length == 0 || Arrays.stream(positions).anyMatch(position -> position < 0)
                ? Optional.empty()
                : Optional.of(positions);
    }

    /**
     * Returns whether the name of a class is a number, so that no number can mean a position.
     *
     * @param names the names of all classes
     * @return true if one consists of digits
     */
    public static boolean anyNumber(List<String> names) {
        return names.stream().anyMatch(name -> NUMBER.matcher(name.strip()).matches());
    }

    /**
     * Returns a name as a list shows it.
     *
     * @param name any
     * @return the name, in quotes if it contains a comma
     */
    public static String quoted(String name) {
        return NEEDS_QUOTES.matcher(name).matches() ? '"' + name.replace("\"", "\\\"") + '"' : name;
    }

    /**
     * Returns names for a message.
     *
     * @param names of all classes
     * @return all of a few, the first ones of many and how many more there are
     */
    public static String listed(List<String> names) {
        String first =
                names.stream().limit(FEW).map(ClassNames::quoted).collect(Collectors.joining(", "));
        return names.size() <= FEW
                ? first
                : "%s … and %s more".formatted(first, names.size() - FEW);
    }

    private static String composed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static String simplified(String name) {
        return BETWEEN_WORDS
                .matcher(composed(name).strip().toLowerCase(Locale.ROOT))
                .replaceAll(" ");
    }
}
