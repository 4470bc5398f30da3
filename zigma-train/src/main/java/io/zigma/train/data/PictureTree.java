package io.zigma.train.data;

import io.zigma.media.PictureSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pictures and folders of them by name, as found in a folder or in an archive. */
sealed interface PictureTree {

    /** Returns the own name, composed; bytes that are no UTF-8 are written out. */
    String name();

    /**
     * A folder.
     *
     * @param name own name
     * @param raw own name as it is written, before composing
     * @param representable false if the name's bytes are no UTF-8
     * @param shown path for messages
     * @param children in their order
     * @param failure why it could not be listed, if so
     */
    record Branch(
            String name,
            String raw,
            boolean representable,
            String shown,
            List<PictureTree> children,
            Optional<String> failure)
            implements PictureTree {

        public Branch {
            children = List.copyOf(children);
        }

        /** Returns the folders in it. */
        List<Branch> branches() {
            return children.stream()
                    .filter(Branch.class::isInstance)
                    .map(Branch.class::cast)
                    .toList();
        }

        /** Returns the pictures in it, not those below. */
        List<Leaf> leaves() {
            return children.stream().filter(Leaf.class::isInstance).map(Leaf.class::cast).toList();
        }

        /** Returns all pictures in it and below, in the order of the tree. */
        List<Leaf> all() {
            return children.stream()
                    .flatMap(
                            child ->
                                    child instanceof Branch branch
                                            ? branch.all().stream()
                                            : Stream.of((Leaf) child))
                    .toList();
        }
    }

    /**
     * A file that may be a picture.
     *
     * @param name own name
     * @param key path within the root, the same in every run
     * @param shown path for messages
     * @param source its bytes
     * @param stamp what shows that it has changed; null if nothing does
     */
    record Leaf(
            String name, String key, String shown, PictureSource source, @Nullable FileStamp stamp)
            implements PictureTree {}
}
