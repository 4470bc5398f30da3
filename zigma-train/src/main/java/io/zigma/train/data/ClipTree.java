package io.zigma.train.data;

import io.zigma.media.PictureSource;
import io.zigma.train.data.PictureTree.Branch;
import io.zigma.train.data.PictureTree.Leaf;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tree in which every folder with pictures directly in it stands as one file, a clip whose frames
 * are those pictures in the order of the last numbers in their names.
 */
final class ClipTree {

    private static final Pattern LAST_NUMBER = Pattern.compile("(\\d+)(?!.*\\d)");

    // by the clip itself: two folders can have one key, in two forms of Unicode
    private final Map<Leaf, List<Leaf>> frames = new IdentityHashMap<>();

    /** Returns the tree with clips for folders. */
    Branch of(Branch root, Findings findings) {
        return branch(root, "", findings);
    }

    /** Returns the frames of a clip that stands for a folder. */
    List<Leaf> frames(Leaf clip) {
        return frames.getOrDefault(clip, List.of());
    }

    private Branch branch(Branch from, String key, Findings findings) {
        List<PictureTree> children = new ArrayList<>();
        int loose = 0;
        for (PictureTree child : from.children()) {
            if (child instanceof Branch folder) {
                String own = key.isEmpty() ? folder.name() : key + "/" + folder.name();
                if (!folder.leaves().isEmpty()) {
                    children.add(clip(folder, own));
                }
                Branch below = branch(folder, own, findings);
                if (!below.all().isEmpty()) {
                    children.add(below);
                }
            } else if (child instanceof Leaf) {
                loose++;
            } else {
                children.add(child);
            }
        }
        if (key.isEmpty() && loose > 0) {
            findings.warn(
                    "%s: %s beside the folders of clips left out"
                            .formatted(
                                    from.shown(),
                                    loose == 1 ? "1 picture is" : loose + " pictures are"));
        }
        return new Branch(
                from.name(),
                from.raw(),
                from.representable(),
                from.shown(),
                children,
                from.failure());
    }

    private Leaf clip(Branch folder, String key) {
        List<Leaf> sorted = new ArrayList<>(folder.leaves());
        sorted.sort(
                Comparator.comparing((Leaf leaf) -> number(leaf.name()))
                        .thenComparing(Leaf::name, FileNames.ORDER));
        PictureSource none =
                () -> {
                    throw new IllegalStateException("a folder is no file");
                };
        Leaf clip = new Leaf(folder.name(), key, folder.shown(), none, null);
        frames.put(clip, List.copyOf(sorted));
        return clip;
    }

    /** Returns the last number in a name, −1 if there is none. */
    static BigInteger number(String name) {
        int dot = name.lastIndexOf('.');
        Matcher matcher = LAST_NUMBER.matcher(dot > 0 ? name.substring(0, dot) : name);
        return matcher.find() ? new BigInteger(matcher.group(1)) : BigInteger.ONE.negate();
    }
}
