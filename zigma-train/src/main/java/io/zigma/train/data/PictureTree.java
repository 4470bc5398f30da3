package io.zigma.train.data;

import io.zigma.media.PictureSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pictures, texts and folders of them by name, as found in a folder or in an archive. */
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
            return all(Leaf.class).toList();
        }

        /** Returns all texts in it and below, in the order of the tree. */
        List<Text> texts() {
            return all(Text.class).toList();
        }

        private <T extends PictureTree> Stream<T> all(Class<T> kind) {
            return children.stream()
                    .flatMap(
                            child ->
                                    child instanceof Branch branch
                                            ? branch.all(kind)
                                            : Stream.of(child)
                                                    .filter(kind::isInstance)
                                                    .map(kind::cast));
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

    /**
     * A file that may hold captions.
     *
     * @param name own name
     * @param key path within the root
     * @param shown path for messages
     * @param source its bytes
     */
    record Text(String name, String key, String shown, PictureSource source)
            implements PictureTree {}
}
