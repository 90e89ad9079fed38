-- annotations.lua - reads the "---" blocks above functions: what help() says and what the editors' stubs are made of.
--
-- One entry for each block that stands above "function Owner:name(a, b)", "Owner.name = ..." or, in a table that is
-- called AGG, "name = ...": { owner, name, params, text = lines, tags = "@param" and "@return" lines, method = bool }.

return function(source)
	local out, text, tags, table_name = {}, {}, {}, nil
	for line in source:gmatch("[^\n]*") do
		local d = line:match("^%s*%-%-%- ?(.*)$")
		if d and d:sub(1, 1) == "@" then
			tags[#tags + 1] = d
		elseif d then
			text[#text + 1] = d
		elseif line ~= "" or #text == 0 then
			local owner, sep, name, params = line:match("^%s*function%s+([%w_]+)([:.])([%w_]+)%(([^)]*)%)")
			if not owner then
				owner, name = line:match("^([%w_]+)%.([%w_]+)%s*=")
				sep = "."
			end
			if not owner and table_name then
				name = line:match("^\t([%w_]+)%s*=")
				owner = name and table_name
			end
			if owner and #text + #tags > 0 then
				out[#out + 1] = { owner = owner, name = name, params = params, text = text, tags = tags, method = sep == ":" }
			end
			table_name = line:match("^local (AGG) = {$") or (line ~= "}" and table_name) or nil
			text, tags = {}, {}
		end
	end
	return out
end
