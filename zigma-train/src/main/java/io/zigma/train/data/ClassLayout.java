package io.zigma.train.data;

import io.zigma.train.data.PictureTree.Branch;
import io.zigma.train.data.PictureTree.Leaf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which pictures of a tree belong to which class: a folder a class, or no classes. */
final class ClassLayout {

    private static final Set<String> TRAINING = Set.of("train", "training");
    private static final Set<String> OTHER_PARTS =
            Set.of("val", "valid", "validation", "dev", "test", "testing");

    private ClassLayout() {}

    /**
     * Pictures of one class.
     *
     * @param folder the class's name, empty for pictures outside of folders
     * @param label the class, null if there are no classes
     * @param files its pictures
     */
    record Part(String folder, @Nullable String label, List<Leaf> files) {}

    /**
     * Divides the pictures of a tree.
     *
     * @param root the tree
     * @param everything true for all pictures in any folder, without classes
     * @param findings takes note of what is left out
     * @return in the order of the classes; none without pictures
     * @throws DatasetException if a class cannot be read or named, or two have the same name
     */
    static List<Part> of(Branch root, boolean everything, Findings findings)
            throws DatasetException {
        List<Part> parts = new ArrayList<>();
        List<Leaf> loose = root.leaves();
        List<Branch> folders = root.branches();
        if (everything || folders.isEmpty()) {
            if (!loose.isEmpty()) {
                parts.add(new Part("", null, loose));
            }
            for (Branch folder : folders) {
                if (!folder.all().isEmpty()) {
                    parts.add(new Part(folder.name(), null, folder.all()));
                }
            }
            return parts;
        }
        requireNames(root, folders);
        if (!loose.isEmpty()) {
            findings.warn(
                    "%s: %s beside the class folders left out; --unconditional reads everything below"
                            .formatted(
                                    root.shown(),
                                    loose.size() == 1
                                            ? "1 picture is"
                                            : loose.size() + " pictures are"));
        }
        hintAtParts(root, folders, findings);
        for (Branch folder : folders) {
            if (folder.failure().isPresent()) {
                throw new DatasetException(
                        "%s: the class folder cannot be listed (%s); repair or remove it"
                                .formatted(folder.shown(), folder.failure().get()));
            }
            List<Leaf> files = folder.all();
            if (files.isEmpty()) {
                findings.warn(
                        "%s: class folder '%s' has no picture that can be read and is left out"
                                .formatted(root.shown(), folder.name()));
            } else {
                parts.add(new Part(folder.name(), folder.name(), files));
            }
        }
        return parts;
    }

    private static void requireNames(Branch root, List<Branch> folders) throws DatasetException {
        Map<String, Branch> names = new HashMap<>();
        for (Branch folder : folders) {
            if (!folder.representable()) {
                throw new DatasetException(
                        "%s: the class folder's name is no UTF-8 text; rename it"
                                .formatted(folder.shown()));
            }
            Branch other = names.putIfAbsent(folder.name(), folder);
            if (other != null) {
                throw new DatasetException(
                        "%s: class folders '%s' and '%s' have the same name, written in two forms of Unicode; rename or merge one"
                                .formatted(
                                        root.shown(),
                                        FileNames.codePoints(other.raw()),
                                        FileNames.codePoints(folder.raw())));
            }
        }
    }

    private static void hintAtParts(Branch root, List<Branch> folders, Findings findings) {
        List<String> names =
                folders.stream().map(folder -> folder.name().toLowerCase(Locale.ROOT)).toList();
        boolean parts =
                names.stream().anyMatch(TRAINING::contains)
                        && names.stream().anyMatch(OTHER_PARTS::contains)
                        && names.stream()
                                .allMatch(
                                        name ->
                                                TRAINING.contains(name)
                                                        || OTHER_PARTS.contains(name));
        if (!parts) {
            return;
        }
        String training =
                folders.stream()
                        .map(Branch::name)
                        .filter(name -> TRAINING.contains(name.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow();
        String other =
                folders.stream()
                        .map(Branch::name)
                        .filter(name -> OTHER_PARTS.contains(name.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow();
        findings.warn(
                "%s: '%s' and '%s' are taken for classes; if they are parts of a data set, give %s/%s to train on and %s/%s to measure with (--test-data)"
                        .formatted(
                                root.shown(),
                                training,
                                other,
                                root.shown(),
                                training,
                                root.shown(),
                                other));
    }
}
