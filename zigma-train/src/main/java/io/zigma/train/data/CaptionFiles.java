package io.zigma.train.data;

import io.zigma.train.data.PictureTree.Branch;
import io.zigma.train.data.PictureTree.Leaf;
import io.zigma.train.data.PictureTree.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The captions of a tree's pictures: a {@code NAME.txt} or {@code NAME.caption} beside {@code
 * NAME.png}, with a caption on every line, and {@link MetadataFile}s, whose names count from the
 * folder that they lie in. Names are compared composed (NFC).
 */
final class CaptionFiles {

    private static final Set<String> ENDINGS = Set.of(".txt", ".caption");

    private final Branch root;
    private final Map<String, Captioned> byPicture = new HashMap<>();
    private final List<Text> used = new ArrayList<>();
    private final List<Text> unused = new ArrayList<>();
    private final List<String> withoutPicture = new ArrayList<>();
    private final List<DatasetException> damaged = new ArrayList<>();
    private final Map<String, String> interned = new HashMap<>();
    private boolean describedAtRoot;

    private CaptionFiles(Branch root) {
        this.root = root;
    }

    /** Tells from its name whether a file may hold captions. */
    static boolean isOne(String name) {
        return !name.startsWith(".") && (!stem(name).equals(name) || MetadataFile.isOne(name));
    }

    /** Divides a text into captions, one a line. */
    static List<String> lines(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(FileNames::composed)
                .toList();
    }

    /** Reads all captions of a tree; what is damaged counts when they are {@link #chosen}. */
    static CaptionFiles of(Branch root) {
        CaptionFiles captions = new CaptionFiles(root);
        List<Text> texts = root.texts();
        if (texts.isEmpty()) {
            return captions;
        }
        Map<String, List<String>> keys = new HashMap<>();
        for (Leaf picture : root.all()) {
            String key = FileNames.composed(picture.key());
            keys.computeIfAbsent(key, k -> new ArrayList<>()).add(key);
            String stem = withoutEnding(key);
            if (!stem.equals(key)) {
                keys.computeIfAbsent(stem, k -> new ArrayList<>()).add(key);
            }
        }
        // what is said in one place for all comes first
        texts.stream()
                .filter(text -> MetadataFile.isOne(text.name()))
                .forEach(text -> captions.readMetadata(text, keys));
        texts.stream()
                .filter(text -> !MetadataFile.isOne(text.name()))
                .forEach(text -> captions.readBeside(text, keys));
        return captions;
    }

    private void readMetadata(Text text, Map<String, List<String>> keys) {
        List<MetadataFile.Line> lines;
        try {
            lines = MetadataFile.read(text);
        } catch (DatasetException e) {
            damaged.add(e);
            unused.add(text);
            return;
        }
        if (lines.isEmpty()) {
            unused.add(text);
            return;
        }
        used.add(text);
        String key = FileNames.composed(text.key());
        String folder = key.substring(0, key.lastIndexOf('/') + 1);
        boolean atRoot = root.children().contains(text);
        Set<String> missing = new LinkedHashSet<>();
        for (MetadataFile.Line line : lines) {
            String picture = folder + line.file();
            if (!keys.containsKey(picture) || !keys.get(picture).contains(picture)) {
                missing.add(line.file());
            } else if (!line.captions().isEmpty()) {
                describedAtRoot |= atRoot;
                add(picture, line.captions(), line.attributes());
            }
        }
        missing.forEach(file -> withoutPicture.add(text.shown() + " → " + file));
    }

    private void readBeside(Text text, Map<String, List<String>> keys) {
        List<String> pictures = keys.get(stem(FileNames.composed(text.key())));
        if (pictures == null) {
            unused.add(text);
            return;
        }
        try {
            List<String> lines = lines(CaptionText.of(text));
            if (!lines.isEmpty()) {
                pictures.forEach(picture -> add(picture, lines, Map.of()));
            }
            used.add(text);
        } catch (DatasetException e) {
            damaged.add(e);
            unused.add(text);
        }
    }

    private void add(String picture, List<String> captions, Map<String, String> attributes) {
        Map<String, String> values = new HashMap<>();
        attributes.forEach((name, value) -> values.put(interned(name), interned(value)));
        byPicture.merge(
                picture,
                new Captioned(captions.stream().map(this::interned).toList(), values),
                Captioned::and);
    }

    /** Of the same captions of many pictures, one is stored. */
    private String interned(String text) {
        String known = interned.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    /** Returns what is said of a picture; null if nothing is. */
    @Nullable Captioned of(Leaf picture) {
        return byPicture.get(FileNames.composed(picture.key()));
    }

    /**
     * Returns whether a file beside all folders describes the pictures, so that they are no
     * classes.
     */
    boolean describedAtRoot() {
        return describedAtRoot;
    }

    /**
     * Decides whether the pictures are captioned, and says what is left out.
     *
     * @param parts the pictures that are taken
     * @param findings takes note of files that are not used, and of pictures without captions
     * @return the parts without such pictures; null if the pictures have no captions, or most have
     *     none and they have classes instead
     * @throws DatasetException if a file of captions is damaged, or most pictures have none and no
     *     class either
     */
    @Nullable List<ClassLayout.Part> chosen(List<ClassLayout.Part> parts, Findings findings)
            throws DatasetException {
        List<Leaf> pictures = parts.stream().flatMap(part -> part.files().stream()).toList();
        List<Leaf> bare = pictures.stream().filter(picture -> of(picture) == null).toList();
        int captioned = pictures.size() - bare.size();
        if (captioned == 0) {
            damaged.forEach(
                    failure ->
                            findings.warn(
                                    "%s (no captions are read from it)"
                                            .formatted(failure.getMessage())));
            passOver(used, findings);
            passOver(unused, findings);
            return null;
        }
        boolean classes = parts.stream().anyMatch(part -> part.label() != null);
        if (captioned < bare.size()) {
            String few =
                    String.format(
                            Locale.ROOT,
                            "%s: only %d of %d pictures have captions",
                            root.shown(),
                            captioned,
                            pictures.size());
            if (!classes) {
                throw new DatasetException(
                        "%s; write one for each, or take the files with captions away (the first without one is %s)"
                                .formatted(few, bare.get(0).shown()));
            }
            findings.warn(few + ", which are not used");
            passOver(used, findings);
            passOver(unused, findings);
            return null;
        }
        if (!damaged.isEmpty()) {
            throw damaged.get(0);
        }
        tellOfRest(bare, pictures.size(), findings);
        Set<Leaf> without = new HashSet<>(bare);
        List<ClassLayout.Part> chosen = new ArrayList<>();
        for (ClassLayout.Part part : parts) {
            List<Leaf> files =
                    part.files().stream().filter(picture -> !without.contains(picture)).toList();
            if (!files.isEmpty()) {
                chosen.add(new ClassLayout.Part(part.folder(), part.label(), files));
            } else if (part.label() != null) {
                findings.warn(
                        "%s: class folder '%s' has no picture with a caption and is left out"
                                .formatted(root.shown(), part.folder()));
            }
        }
        return chosen;
    }

    private void tellOfRest(List<Leaf> bare, int pictures, Findings findings) {
        if (!bare.isEmpty()) {
            findings.warn(
                    String.format(
                            Locale.ROOT,
                            "%s: %d of %d pictures have no caption and are left out: %s",
                            root.shown(),
                            bare.size(),
                            pictures,
                            Findings.named(bare.stream().map(Leaf::key).toList())));
        }
        for (Text text : unused) {
            if (MetadataFile.isOne(text.name()) || LicenceFile.isOne(text.name())) {
                findings.passOver(NameKind.ending(text.name()));
            } else {
                withoutPicture.add(text.key());
            }
        }
        if (!withoutPicture.isEmpty()) {
            findings.warn(
                    "%s: there %s no picture for %s"
                            .formatted(
                                    root.shown(),
                                    withoutPicture.size() == 1 ? "is" : "are",
                                    "the captions of " + Findings.named(withoutPicture)));
        }
    }

    private static void passOver(List<Text> texts, Findings findings) {
        texts.forEach(text -> findings.passOver(NameKind.ending(text.name())));
    }

    /**
     * Returns a name without the ending that files of captions have; the name itself if it has
     * none.
     */
    private static String stem(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (String ending : ENDINGS) {
            if (lower.endsWith(ending) && lower.length() > ending.length()) {
                return name.substring(0, name.length() - ending.length());
            }
        }
        return name;
    }

    private static String withoutEnding(String key) {
        int dot = key.lastIndexOf('.');
        return dot > key.lastIndexOf('/') + 1 ? key.substring(0, dot) : key;
    }
}
